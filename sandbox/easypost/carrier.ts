import { createAlarms } from './alarms.ts';
import type { Collections, Journey, PendingRefund, Tracker, TrackerStatus } from './objects.ts';
import { scanned, trackerNamed } from './trackers.ts';
import { settleRefund } from './label-refunds.ts';
import type { Store } from './store.ts';

/** The carrier: moves trackers on, settles the refunds of labels, and goes on where it was after a restart. */
export interface Carrier {
  /** When something bought now is first scanned: milliseconds since 1970; null while the carrier is held. */
  firstMoveAt(): number | null;
  /** When a refund asked for now is settled. */
  refundSettlesAt(): number | null;
  /** Takes up what the ledger says is under way. */
  start(): void;
  /** Sees to it that what was just written moves when its time comes. */
  watch(objects: Partial<Collections>): void;
  /** Moves one tracker by hand, to the next status or to the one named. */
  advance(idOrCode: string, status?: TrackerStatus): Tracker;
  /** Keeps one tracker where it is, or lets it go on. */
  hold(idOrCode: string, held: boolean): Journey;
  /** Sets the milliseconds between two scans; 0 holds the carrier: only `advance` moves anything. */
  setStepMs(stepMs: number): void;
  stop(): void;
}

const route: readonly TrackerStatus[] = [
  'unknown',
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'delivered',
];

/** How many steps of the carrier's clock a label's refund takes; with the real carrier it takes weeks. */
const refundSteps = 3;

export function createCarrier(store: Store, initialStepMs: number): Carrier {
  let stepMs = initialStepMs;
  const alarms = createAlarms();

  const after = (steps: number): number | null => (stepMs === 0 ? null : Date.now() + steps * stepMs);

  function move(tracker: Tracker, status: TrackerStatus): Tracker {
    const { orderId, held } = store.journeys.get(tracker.id) ?? { orderId: null, held: false };
    return store.transact((transaction) => {
      const moved = scanned(tracker, status);
      const nextAt = moved.finalized ? null : after(1);
      transaction.put({ trackers: moved, journeys: { id: tracker.id, orderId, nextAt, held } });
      const shipment = store.shipments.get(tracker.shipment_id ?? '');
      if (shipment) transaction.put({ shipments: { ...shipment, status, updated_at: moved.updated_at } });
      transaction.effect({ kind: `tracker.${status}`, id: tracker.id, orderId, key: tracker.tracking_code });
      const previous = { status: tracker.status };
      transaction.event({ description: 'tracker.updated', result: moved, previous, orderId });
      return moved;
    });
  }

  function watchJourney({ id, held, nextAt }: Journey): void {
    alarms.set(id, held || stepMs === 0 ? null : nextAt, () => {
      const tracker = trackerNamed(id, store);
      move(tracker, nextOf(tracker.status));
    });
  }

  function watchRefund({ id, settlesAt }: PendingRefund): void {
    alarms.set(id, stepMs === 0 ? null : settlesAt, () => settleRefund(id, store));
  }

  function watchAll(): void {
    for (const journey of store.journeys.values()) watchJourney(journey);
    for (const refund of store.pendingRefunds.values()) watchRefund(refund);
  }

  return {
    firstMoveAt: () => after(1),
    refundSettlesAt: () => after(refundSteps),
    start() {
      if (stepMs > 0) resumeWaiting(store, after(1));
      watchAll();
    },
    watch({ journeys: journey, pendingRefunds: refund }) {
      if (journey) watchJourney(journey);
      if (refund) watchRefund(refund);
    },
    advance(idOrCode, status) {
      const tracker = trackerNamed(idOrCode, store);
      return tracker.finalized ? tracker : move(tracker, status ?? nextOf(tracker.status));
    },
    hold(idOrCode, held) {
      const tracker = trackerNamed(idOrCode, store);
      const orderId = store.journeys.get(tracker.id)?.orderId ?? null;
      const journey = { id: tracker.id, orderId, held, nextAt: tracker.finalized ? null : after(1) };
      store.transact((transaction) => transaction.put({ journeys: journey }));
      return journey;
    },
    setStepMs(next) {
      stepMs = next;
      if (next > 0) resumeWaiting(store, after(1));
      watchAll();
    },
    stop: () => alarms.clear(),
  };
}

function nextOf(status: TrackerStatus): TrackerStatus {
  return route[route.indexOf(status) + 1] ?? 'delivered';
}

/** What was bought while the carrier was held has no time yet. */
function resumeWaiting(store: Store, at: number | null): void {
  store.transact((transaction) => {
    for (const journey of store.journeys.values()) {
      const tracker = store.trackers.get(journey.id);
      if (journey.nextAt === null && tracker && !tracker.finalized)
        transaction.put({ journeys: { ...journey, nextAt: at } });
    }
    for (const refund of store.pendingRefunds.values()) {
      const waits = store.shipments.get(refund.id)?.refund_status === 'submitted';
      if (refund.settlesAt === null && waits)
        transaction.put({ pendingRefunds: { ...refund, settlesAt: at } });
    }
  });
}
