import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
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
import { grpcCode, grpcCodeOf } from './grpc.ts';
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
      if (unreadable instanceof UndecodablePayload) await replace(client, options);
      else if (!(unreadable instanceof ScheduleNotFoundError)) throw unreadable;
    }
  }
}

/** Its input was encrypted with a key that is no more, and an update reads the old input. */
async function replace(client: Client, options: ReturnType<typeof scheduleOf>): Promise<void> {
  const { namespace } = client.options;
  try {
    const { schedule } = await client.workflowService.describeSchedule({
      namespace,
      scheduleId: reconcileScheduleId,
    });
    const { paused = false, notes } = schedule?.state ?? {};
    await client.schedule.getHandle(reconcileScheduleId).delete();
    const state = { paused: paused === true, ...(notes && { note: notes }) };
    await client.schedule.create({ ...options, state });
  } catch (error) {
    if (!isMadeByAnother(error)) throw error;
  }
}

/** Workers that start together all find it unreadable; whoever deletes it is the one that makes it anew. */
function isMadeByAnother(error: unknown): boolean {
  return (
    error instanceof ScheduleNotFoundError ||
    error instanceof ScheduleAlreadyRunning ||
    grpcCodeOf(error) === grpcCode.notFound
  );
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
