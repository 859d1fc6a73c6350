import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { ordersTaskQueue } from '../workflows/order/messages.ts';
import {
  reconcileScheduleId,
  reconcileWorkflowType,
  type ReconcileInput,
} from '../workflows/reconcile/messages.ts';
import { ensureSchedule, type WantedSchedule } from './ensure-schedule.ts';

/** A pass that takes longer has lost its workers; the next one takes over. */
const passTimeoutMs = 15 * 60 * 1_000;

/** Passes missed while Temporal was down are not made up for: one look sees it all. */
const catchupWindowMs = 60 * 1_000;

/** Sees to it that there is the one schedule of the reconciler, as this code wants it. */
export async function ensureReconcileSchedule(client: Client, everyMs: number): Promise<void> {
  await ensureSchedule(client, scheduleOf(everyMs));
}

function scheduleOf(everyMs: number): WantedSchedule {
  const input: ReconcileInput = { version: 1 };
  return {
    scheduleId: reconcileScheduleId,
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: reconcileWorkflowType,
      workflowId: reconcileScheduleId,
      taskQueue: ordersTaskQueue,
      args: [input],
      workflowExecutionTimeout: passTimeoutMs,
      staticSummary: 'Reconciler pass',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchupWindowMs },
  };
}
