import { Failure } from '../domain/failures.ts';
import type { Address } from '../domain/order.ts';
import type { CallEasyPost, EasyPost } from './easypost-client.ts';
import { toShipment, toTracking, type EasyPostShipment } from './easypost-objects.ts';
import type { Carriers, CarrierShipment } from './easypost.ts';

/** EasyPost gives at most this many objects on a page. */
const pageSize = 100;

/** How many pages a look-up goes through before it calls the time span too wide. */
const maxPages = 50;

const gramsPerOunce = 28.349523125;

type ShipmentCalls = Pick<Carriers, 'createShipment' | 'findByReference' | 'retrieveShipment'>;
type LabelCalls = Pick<Carriers, 'buy' | 'refundLabel'>;
type TrackingCalls = Pick<Carriers, 'tracker'>;

export function shipmentCalls(
  call: CallEasyPost,
  { verifyAddresses }: { verifyAddresses: boolean },
): ShipmentCalls {
  return {
    async createShipment({ reference, to, from, weightGrams }) {
      const parameters = {
        reference,
        to_address: { ...toEasyPostAddress(to), ...(verifyAddresses && { verify_strict: true }) },
        from_address: toEasyPostAddress(from),
        parcel: { weight: ouncesOf(weightGrams) },
      };
      return toShipment(await call(({ Shipment }) => Shipment.create(parameters)));
    },

    async findByReference({ reference, createdAfter }) {
      // Whether `purchased: false` leaves out what was bought is not documented, so both lists are read.
      const lists = [false, true].map((purchased) => list(call, { purchased, createdAfter }));
      const found = (await Promise.all(lists)).flat().filter((shipment) => shipment.reference === reference);
      const unique = new Map(found.map((shipment) => [shipment.id, toShipment(shipment)]));
      return [...unique.values()].toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },

    retrieveShipment: (shipmentId) => retrieve(call, shipmentId),
  };
}

export function labelCalls(call: CallEasyPost): LabelCalls {
  return {
    buy: ({ shipmentId, rateId }) =>
      onceOnly(call, {
        shipmentId,
        request: ({ Shipment }) => Shipment.buy(shipmentId, rateId),
        isDone: ({ label }) => label !== null,
      }),

    async refundLabel(shipmentId) {
      const { refundStatus } = await onceOnly(call, {
        shipmentId,
        request: ({ Shipment }) => Shipment.refund(shipmentId),
        isDone: (shipment) => shipment.refundStatus !== null,
      });
      // Without a status EasyPost has taken the request and waits for the carrier.
      return { status: refundStatus ?? 'submitted' };
    },
  };
}

export function trackingCalls(call: CallEasyPost): TrackingCalls {
  return {
    async tracker(idOrCode) {
      if (idOrCode.startsWith('trk_'))
        return toTracking(await call(({ Tracker }) => Tracker.retrieve(idOrCode)));
      const { trackers } = await call(({ Tracker }) =>
        Tracker.all({ tracking_code: idOrCode, page_size: 1 }),
      );
      const [newest] = trackers;
      if (!newest) throw new Failure('ProviderStateConflict', 'EasyPost does not track this code');
      return toTracking(newest);
    },
  };
}

/** Makes a call that can be made once only; refused for that, it looks whether its work has been done before. */
async function onceOnly(
  call: CallEasyPost,
  once: {
    shipmentId: string;
    request: (client: EasyPost) => Promise<EasyPostShipment>;
    isDone: (shipment: CarrierShipment) => boolean;
  },
): Promise<CarrierShipment> {
  try {
    return toShipment(await call(once.request));
  } catch (error) {
    if (!(error instanceof Failure) || error.type !== 'ProviderStateConflict') throw error;
    const shipment = await retrieve(call, once.shipmentId);
    if (!once.isDone(shipment)) throw error;
    return shipment;
  }
}

async function retrieve(call: CallEasyPost, shipmentId: string): Promise<CarrierShipment> {
  return toShipment(await call(({ Shipment }) => Shipment.retrieve(shipmentId)));
}

async function list(
  call: CallEasyPost,
  { purchased, createdAfter }: { purchased: boolean; createdAfter: Date },
): Promise<EasyPostShipment[]> {
  const span = { purchased, start_datetime: createdAfter.toISOString(), page_size: pageSize };
  const listed: EasyPostShipment[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const last = listed.at(-1);
    const answer = await call(({ Shipment }) =>
      Shipment.all({ ...span, ...(last && { before_id: last.id }) }),
    );
    listed.push(...answer.shipments);
    if (!answer.has_more || answer.shipments.length === 0) return listed;
  }
  throw new Failure('Misconfigured', 'too many shipments in the time span', {
    facts: { listed: listed.length },
  });
}

function toEasyPostAddress({ name, line1, line2, city, postalCode, region, country }: Address) {
  return {
    name,
    street1: line1,
    street2: line2 ?? null,
    city,
    zip: postalCode,
    state: region ?? null,
    country,
  };
}

/** EasyPost weighs in ounces with one decimal; rounded up, so that a parcel never weighs more than was paid for. */
function ouncesOf(grams: number): number {
  return Math.max(Math.ceil((grams / gramsPerOunce) * 10) / 10, 0.1);
}
