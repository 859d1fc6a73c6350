import { Failure } from '../domain/failures.ts';
import type { Money } from '../domain/money.ts';
import type { Address } from '../domain/order.ts';
import type { ShipmentStatus } from '../domain/shipment.ts';
import { connectEasyPost, type EasyPostConfig } from './easypost-client.ts';
import { labelCalls, shipmentCalls, trackingCalls } from './easypost-calls.ts';

export interface CarriersConfig extends EasyPostConfig {
  /**
   * Whether an address that EasyPost cannot verify is refused; true unless said otherwise. Accounts without
   * international verification have to turn it off when they ship abroad.
   */
  readonly verifyAddresses?: boolean | undefined;
}

/** What a carrier asks for taking a parcel to its address. */
export interface Rate {
  /** `rate_…` */
  readonly id: string;
  readonly carrier: string;
  readonly service: string;
  readonly price: Money;
  /** Null when the carrier doesn't say. */
  readonly deliveryDays: number | null;
}

/** A label that has been paid for. */
export interface Label {
  readonly trackingCode: string;
  /** A page for the customer. */
  readonly trackingUrl: string | null;
  readonly carrier: string;
  readonly service: string;
  readonly price: Money;
  /** The label to print. */
  readonly labelUrl: string;
  /** `trk_…` */
  readonly trackerId: string | null;
}

/**
 * How a label's refund stands: carriers take days for it. `not_applicable` is a carrier that charges a label only when
 * the parcel is scanned, so that there is nothing to give back.
 */
export type LabelRefundStatus = 'submitted' | 'refunded' | 'rejected' | 'not_applicable';

/** A parcel to be sent as the carriers know it: its rates, and its label once one is bought. */
export interface CarrierShipment {
  /** `shp_…` */
  readonly id: string;
  /** Ours (`shipmentReference`); null on a shipment that isn't. */
  readonly reference: string | null;
  /** Empty when no carrier has made an offer. */
  readonly rates: readonly Rate[];
  readonly label: Label | null;
  /** Null while no refund has been asked for. */
  readonly refundStatus: LabelRefundStatus | null;
  readonly createdAt: Date;
}

/** Where a parcel is. */
export interface Tracking {
  /** `trk_…` */
  readonly trackerId: string;
  readonly trackingCode: string;
  /** `shp_…`; null when the label was bought elsewhere. */
  readonly shipmentId: string | null;
  readonly status: ShipmentStatus;
  readonly trackingUrl: string | null;
  readonly updatedAt: Date;
}

/**
 * Labels and parcels. Every call throws a `Failure`: `UndeliverableAddress` is EasyPost's no; `ProviderUnavailable` and
 * `ProviderRateLimited` pass; `ProviderStateConflict` asks for a look; `Misconfigured` needs an engineer. EasyPost has no
 * idempotency keys: look before you create or buy again.
 */
export interface Carriers {
  /** Asks the carriers for their rates. It costs nothing; made twice, it is there twice. */
  createShipment(parcel: {
    reference: string;
    to: Address;
    from: Address;
    weightGrams: number;
  }): Promise<CarrierShipment>;
  /** The shipments with our reference made since then, bought or not, the newest first. */
  findByReference(span: { reference: string; createdAfter: Date }): Promise<CarrierShipment[]>;
  retrieveShipment(shipmentId: string): Promise<CarrierShipment>;
  /** Buys the label; when one has been bought already, whatever its rate, that one is returned. */
  buy(call: { shipmentId: string; rateId: string }): Promise<CarrierShipment>;
  /**
   * Asks for the label's money back; asked for already is success. `ProviderStateConflict` when no label was bought, or
   * when the carrier has the parcel.
   */
  refundLabel(shipmentId: string): Promise<{ status: LabelRefundStatus }>;
  /** By tracker id (`trk_…`) or tracking code; `ProviderStateConflict` when nobody tracks that code. */
  tracker(idOrCode: string): Promise<Tracking>;
  /** Resolves when EasyPost answers and takes our API key. */
  ping(): Promise<void>;
}

export function createCarriers({ verifyAddresses = true, ...config }: CarriersConfig): Carriers {
  const call = connectEasyPost(config);
  return {
    ...shipmentCalls(call, { verifyAddresses }),
    ...labelCalls(call),
    ...trackingCalls(call),
    async ping() {
      await call(({ Shipment }) => Shipment.all({ page_size: 1 }));
    },
  };
}

/**
 * The cheapest rate, and of equally cheap ones the fastest. Rates are compared as numbers: a carrier account quotes in
 * one currency. Throws a `Misconfigured` failure when there is none, which is what missing carrier accounts look like.
 */
export function cheapestRate(rates: readonly Rate[]): Rate {
  const [cheapest] = rates.toSorted(
    (a, b) => a.price.amountMinor - b.price.amountMinor || daysOf(a) - daysOf(b),
  );
  if (!cheapest) throw new Failure('Misconfigured', 'no carrier offers a rate for the parcel');
  return cheapest;
}

/** A carrier that doesn't say how long it takes comes last. */
function daysOf({ deliveryDays }: Rate): number {
  return deliveryDays ?? Number.MAX_SAFE_INTEGER;
}
