import { Failure } from '../domain/failures.ts';
import { money, type Money } from '../domain/money.ts';
import { isShipmentStatus } from '../domain/shipment.ts';
import type { EasyPost } from './easypost-client.ts';
import type { CarrierShipment, Label, LabelRefundStatus, Rate, Tracking } from './easypost.ts';

/** A shipment as EasyPost's client has it. */
export type EasyPostShipment = Awaited<ReturnType<EasyPost['Shipment']['retrieve']>>;
type EasyPostRate = EasyPostShipment['rates'][number];
type EasyPostTracker = Awaited<ReturnType<EasyPost['Tracker']['retrieve']>>;

const refundStatuses = [
  'submitted',
  'refunded',
  'rejected',
  'not_applicable',
] as const satisfies readonly LabelRefundStatus[];

export function toShipment(shipment: EasyPostShipment): CarrierShipment {
  return {
    id: shipment.id,
    reference: shipment.reference ?? null,
    rates: shipment.rates.map(toRate),
    label: labelOf(shipment),
    refundStatus: refundStatusOf(shipment.refund_status),
    createdAt: new Date(shipment.created_at),
  };
}

export function toTracking(tracker: EasyPostTracker): Tracking {
  return {
    trackerId: tracker.id,
    trackingCode: tracker.tracking_code,
    shipmentId: tracker.shipment_id || null,
    status: isShipmentStatus(tracker.status) ? tracker.status : 'unknown',
    trackingUrl: tracker.public_url || null,
    updatedAt: new Date(tracker.updated_at),
  };
}

function toRate(rate: EasyPostRate): Rate {
  const { id, carrier, service, delivery_days: deliveryDays } = rate;
  return { id, carrier, service, price: priceOf(rate), deliveryDays: deliveryDays ?? null };
}

// The package's types leave out that these are null until a label is bought.
function labelOf(shipment: EasyPostShipment): Label | null {
  const postage = shipment.postage_label as EasyPostShipment['postage_label'] | null;
  const rate = shipment.selected_rate as EasyPostRate | null;
  const tracker = shipment.tracker as EasyPostShipment['tracker'] | null;
  if (!postage || !rate) return null;
  return {
    trackingCode: shipment.tracking_code,
    trackingUrl: tracker?.public_url || null,
    carrier: rate.carrier,
    service: rate.service,
    price: priceOf(rate),
    labelUrl: postage.label_url,
    trackerId: tracker?.id ?? null,
  };
}

function refundStatusOf(status: string | null): LabelRefundStatus | null {
  return refundStatuses.find((one) => one === status) ?? null;
}

/** EasyPost quotes in decimals: `"7.33"` and `"USD"`. */
function priceOf({ rate, currency }: EasyPostRate): Money {
  const code = currency.toUpperCase();
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions();
  const amountMinor = Math.round(Number(rate) * 10 ** (digits.maximumFractionDigits ?? 2));
  if (!Number.isSafeInteger(amountMinor))
    throw new Failure('Misconfigured', 'EasyPost quotes a rate that is no amount', {
      facts: { currency: code },
    });
  return money(amountMinor, code);
}
