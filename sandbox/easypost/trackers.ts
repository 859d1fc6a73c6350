import { z } from 'zod';
import { randomHex } from '../shared/ids.ts';
import { notFound } from './errors.ts';
import type { Tracker, TrackerStatus, TrackingDetail } from './objects.ts';
import { readParams } from './params.ts';
import type { Store, Transaction } from './store.ts';

export interface TrackerStart {
  trackingCode: string;
  carrier: string;
  shipmentId: string | null;
  /** Ounces. */
  weight: number | null;
  /** Days until the carrier means to deliver. */
  days: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** A tracker that the carrier has not heard of yet. */
export function newTracker({ trackingCode, carrier, shipmentId, weight, days }: TrackerStart): Tracker {
  const id = `trk_${randomHex(32)}`;
  const now = new Date();
  return {
    id,
    object: 'Tracker',
    mode: 'test',
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    tracking_code: trackingCode,
    status: 'unknown',
    status_detail: 'unknown',
    signed_by: null,
    weight,
    est_delivery_date: new Date(now.getTime() + days * dayMs).toISOString(),
    shipment_id: shipmentId,
    carrier,
    tracking_details: [],
    carrier_detail: null,
    finalized: false,
    is_return: false,
    public_url: `https://track.easypost.example/${Buffer.from(`v1:${id}`).toString('base64url')}`,
    fees: [],
  };
}

/** A tracking code in the carrier's style; never one that was given out before. */
export function trackingCodeFor(carrier: string): string {
  const digits = BigInt(`0x${randomHex(20)}`)
    .toString()
    .padStart(18, '0')
    .slice(0, 18);
  return carrier === 'USPS' ? `9400${digits}` : digits.slice(0, 10);
}

const params = z.object({
  tracker: z.object({ tracking_code: z.string().min(1), carrier: z.string().nullish() }),
});

/** POST /v2/trackers: the tracker of a label bought here, or a new one for a code from elsewhere. */
export function createTracker(
  body: unknown,
  store: Store,
  transaction: Transaction,
  firstMoveAt: number | null,
): Tracker {
  const { tracker: given } = readParams(params, body);
  const known = store.trackerByCode(given.tracking_code);
  if (known) return known;
  const start = {
    trackingCode: given.tracking_code,
    carrier: given.carrier ?? 'USPS',
    shipmentId: null,
    weight: null,
  };
  const tracker = newTracker({ ...start, days: 3 });
  transaction.put({
    trackers: tracker,
    journeys: { id: tracker.id, orderId: null, nextAt: firstMoveAt, held: false },
  });
  transaction.effect({ kind: 'tracker.created', id: tracker.id, orderId: null, key: given.tracking_code });
  transaction.event({ description: 'tracker.created', result: tracker, previous: {}, orderId: null });
  return tracker;
}

/** By its id or its tracking code; throws 404 where there is none. */
export function trackerNamed(idOrCode: string, store: Store): Tracker {
  const tracker = store.trackers.get(idOrCode) ?? store.trackerByCode(idOrCode);
  if (!tracker) throw notFound();
  return tracker;
}

/** What the carrier says at each step. */
const scans: Partial<Record<TrackerStatus, { detail: string; message: string }>> = {
  pre_transit: { detail: 'label_created', message: 'Shipping Label Created' },
  in_transit: { detail: 'arrived_at_facility', message: 'Arrived at Post Office' },
  out_for_delivery: { detail: 'out_for_delivery', message: 'Out for Delivery' },
  delivered: { detail: 'arrived_at_destination', message: 'Delivered, Front Door/Porch' },
  return_to_sender: { detail: 'return', message: 'Return to Sender' },
  failure: { detail: 'unknown', message: 'Delivery failed' },
  cancelled: { detail: 'cancelled', message: 'Shipment cancelled' },
};

const finals: readonly TrackerStatus[] = ['delivered', 'return_to_sender', 'failure', 'cancelled'];

/** The tracker after the carrier's next scan. */
export function scanned(tracker: Tracker, status: TrackerStatus): Tracker {
  const now = new Date().toISOString();
  const { detail: statusDetail, message } = scans[status] ?? { detail: 'status_update', message: status };
  const detail: TrackingDetail = {
    object: 'TrackingDetail',
    message,
    description: null,
    status,
    status_detail: statusDetail,
    datetime: now,
    source: tracker.carrier,
    carrier_code: null,
    tracking_location: {
      object: 'TrackingLocation',
      city: 'HOUSTON',
      state: 'TX',
      country: 'US',
      zip: '77063',
    },
  };
  return {
    ...tracker,
    updated_at: now,
    status,
    status_detail: statusDetail,
    signed_by: status === 'delivered' ? 'John Tester' : null,
    tracking_details: [...tracker.tracking_details, detail],
    finalized: finals.includes(status),
  };
}
