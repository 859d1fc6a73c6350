import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { ordersTaskQueue } from '../workflows/order/messages.ts';
import {
  reconcileScheduleId,
  reconcileWorkflowType,
  type ReconcileInput,
} from '../workflows/reconcile/messages.ts';
import { UndecodablePayload } from './payload-codec.ts';

/** A pass that takes longer has lost its workers; the next one takes over. */
const passTimeoutMs = 15 * 60 * 1_000;

/** Passes missed while Temporal was down are not made up for: one look sees it all. */
const catchupWindowMs = 60 * 1_000;

/**
 * Sees to it that there is the one schedule of the reconciler, as this code wants it. Safe when many workers start at
 * once; a schedule that operators have paused stays paused.
 */
export async function ensureReconcileSchedule(client: Client, everyMs: number): Promise<void> {
  const options = scheduleOf(everyMs);
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = options;
    const handle = client.schedule.getHandle(reconcileScheduleId);
    try {
      await handle.update(({ state }) => ({ spec, action, policies, state }));
    } catch (unreadable) {
      if (!(unreadable instanceof UndecodablePayload)) throw unreadable;
      await replace(client, options);
    }
  }
}

/** Its input was encrypted with a key that is no more, and an update reads the old input. */
async function replace(client: Client, options: ReturnType<typeof scheduleOf>): Promise<void> {
  const { namespace } = client.options;
  const { schedule } = await client.workflowService.describeSchedule({
    namespace,
    scheduleId: reconcileScheduleId,
  });
  const { paused = false, notes } = schedule?.state ?? {};
  await client.schedule.getHandle(reconcileScheduleId).delete();
  const state = { paused: paused === true, ...(notes && { note: notes }) };
  try {
    await client.schedule.create({ ...options, state });
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

function scheduleOf(everyMs: number) {
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
  } as const satisfies ScheduleOptions;
}
