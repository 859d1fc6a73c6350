import type { ClaimedEntry } from '../../db/outbox-queue.ts';
import type { Events } from '../../telemetry/events.ts';
import { parseTraceParent } from '../../telemetry/tracing.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { ageMs, type Work } from '../work.ts';
import { startAlert } from './alert.ts';
import { cancelJobRun } from './cancel-job.ts';
import { changeSchedule } from './change-schedule.ts';
import { startNotice } from './notice.ts';
import { signalOrder } from './signal-order.ts';
import { startOrder } from './start-order.ts';

/** An entry that goes to Temporal. */
export type EngineEntry = Extract<ClaimedEntry, { kind: (typeof engineKinds)[number] }>;

/** An entry that is written into `sales`. */
export type SaleEntry = Extract<ClaimedEntry, { kind: 'sale' | 'sale_reversed' }>;

export const engineKinds = [
  'start_order',
  'signal_order',
  'notice',
  'alert',
  'cancel_job',
  'schedule',
] as const;
export const saleKinds = ['sale', 'sale_reversed'] as const;

export function isSaleEntry(entry: ClaimedEntry): entry is SaleEntry {
  return entry.kind === 'sale' || entry.kind === 'sale_reversed';
}

export function isEngineEntry(entry: ClaimedEntry): entry is EngineEntry {
  return !isSaleEntry(entry);
}

/** Brings one entry to Temporal; may be done twice without harm. Throws what Temporal answers. */
export async function deliver(temporal: Temporal, events: Events, work: Work<EngineEntry>): Promise<void> {
  const { entry } = work;
  switch (entry.kind) {
    case 'start_order': {
      const runId = await startOrder(temporal, entry.orderId, entry.payload);
      const traceId = parseTraceParent(entry.payload.traceParent)?.traceId ?? null;
      if (runId !== null)
        events.orderStarted({ orderId: entry.orderId, runId, traceId, delayMs: ageMs(work) });
      break;
    }
    case 'signal_order': {
      const outcome = await signalOrder(temporal, entry.id, entry.orderId, entry.payload);
      events.orderSignalled({ orderId: entry.orderId, signal: entry.payload.signal, outcome });
      break;
    }
    case 'notice':
      await startNotice(temporal, entry.orderId, entry.payload);
      break;
    case 'alert':
      await startAlert(temporal, entry.payload.alertId);
      break;
    case 'cancel_job':
      await cancelJobRun(temporal, entry.id, entry.payload);
      break;
    case 'schedule':
      await changeSchedule(temporal, entry.payload);
      break;
  }
}
