/** EasyPost's objects as this stand-in keeps and shows them. Times are RFC 3339, amounts decimal text. */
interface Dated {
  mode: 'test';
  created_at: string;
  updated_at: string;
}

export interface Verification {
  success: boolean;
  errors: { code: string; field: string; message: string; suggestion: null }[];
  details: { latitude: number; longitude: number; time_zone: string } | null;
}

export interface Address extends Dated {
  id: string;
  object: 'Address';
  name: string | null;
  company: string | null;
  street1: string | null;
  street2: string | null;
  city: string | null;
  state: string | null;
  zip: string | null;
  country: string;
  phone: string | null;
  email: string | null;
  carrier_facility: null;
  residential: boolean | null;
  federal_tax_id: null;
  state_tax_id: null;
  verifications: { zip4?: Verification; delivery?: Verification };
}

export interface Parcel extends Dated {
  id: string;
  object: 'Parcel';
  length: number | null;
  width: number | null;
  height: number | null;
  predefined_package: string | null;
  /** Ounces. */
  weight: number;
}

export interface Rate extends Dated {
  id: string;
  object: 'Rate';
  service: string;
  carrier: string;
  rate: string;
  currency: string;
  retail_rate: string;
  retail_currency: string;
  list_rate: string;
  list_currency: string;
  billing_type: 'easypost';
  delivery_days: number;
  delivery_date: null;
  delivery_date_guaranteed: false;
  est_delivery_days: number;
  shipment_id: string;
  carrier_account_id: string;
}

export interface PostageLabel {
  object: 'PostageLabel';
  id: string;
  created_at: string;
  updated_at: string;
  date_advance: 0;
  integrated_form: 'none';
  label_date: string;
  label_resolution: 300;
  label_size: '4x6';
  label_type: 'default';
  label_file_type: 'image/png';
  label_url: string;
  label_pdf_url: null;
  label_zpl_url: null;
  label_epl2_url: null;
  label_file: null;
}

export type RefundStatus = 'submitted' | 'refunded' | 'rejected';

export interface Shipment extends Dated {
  id: string;
  object: 'Shipment';
  reference: string | null;
  to_address: Address;
  from_address: Address;
  return_address: Address;
  buyer_address: Address;
  parcel: Parcel;
  customs_info: null;
  rates: Rate[];
  messages: object[];
  options: Record<string, unknown>;
  is_return: boolean;
  selected_rate: Rate | null;
  postage_label: PostageLabel | null;
  tracking_code: string | null;
  /** The tracker's status, as last known. */
  status: TrackerStatus;
  refund_status: RefundStatus | null;
  fees: { object: 'Fee'; type: string; amount: string; charged: boolean; refunded: boolean }[];
  forms: [];
  insurance: null;
  scan_form: null;
  order_id: null;
  batch_id: null;
  batch_status: null;
  batch_message: null;
  usps_zone: number;
}

export type TrackerStatus =
  | 'unknown'
  | 'pre_transit'
  | 'in_transit'
  | 'out_for_delivery'
  | 'delivered'
  | 'return_to_sender'
  | 'failure'
  | 'cancelled'
  | 'error';

export interface TrackingDetail {
  object: 'TrackingDetail';
  message: string;
  description: string | null;
  status: TrackerStatus;
  status_detail: string;
  datetime: string;
  source: string;
  carrier_code: null;
  tracking_location: {
    object: 'TrackingLocation';
    city: string | null;
    state: string | null;
    country: string | null;
    zip: string | null;
  };
}

export interface Tracker extends Dated {
  id: string;
  object: 'Tracker';
  tracking_code: string;
  status: TrackerStatus;
  status_detail: string;
  signed_by: string | null;
  weight: number | null;
  est_delivery_date: string | null;
  shipment_id: string | null;
  carrier: string;
  tracking_details: TrackingDetail[];
  carrier_detail: null;
  finalized: boolean;
  is_return: boolean;
  public_url: string;
  fees: [];
}

/** What only the stand-in knows of a tracker: when the carrier moves it next. */
export interface Journey {
  /** The tracker's id. */
  id: string;
  orderId: string | null;
  /** Milliseconds since 1970; null once it moves no further by itself. */
  nextAt: number | null;
  held: boolean;
}

/** A label whose refund the carrier has not settled yet. */
export interface PendingRefund {
  /** The shipment's id. */
  id: string;
  /** Milliseconds since 1970; null once it is settled. */
  settlesAt: number | null;
}

/** What is kept, by collection. */
export interface Collections {
  addresses: Address;
  shipments: Shipment;
  trackers: Tracker;
  journeys: Journey;
  pendingRefunds: PendingRefund;
}

export type CollectionName = keyof Collections;
