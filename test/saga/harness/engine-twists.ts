import { startAgain } from '../../../src/db/orders/start-again.ts';
import { transaction } from '../../../src/db/pool.ts';
import { orderWorkflowId } from '../../../src/domain/ids.ts';
import type { Script } from './director.ts';
import type { End } from './ended-order.ts';
import { nudged } from './nudge.ts';
import { tellToCancel } from './signal-stories.ts';
import type { StagedOrder, Stage, Twist } from './stage.ts';
import { onFirst } from './twists.ts';

/** Somebody terminates the run while a deed is under way; the order is taken up by a new one. */
export function losesItsRun(label: string, side: 'before' | 'after'): Twist {
  return (order, stage) => {
    const script: Script = async ({ act }) => {
      if (side === 'before') await lose(order, stage);
      const result = await act();
      if (side === 'after') await lose(order, stage);
      return result;
    };
    return { scripts: { [label]: onFirst(script) }, lostItsRun: true };
  };
}

async function lose({ id }: StagedOrder, { rig, pool, watch }: Stage): Promise<void> {
  // An order whose start is still being written down is not started again; the reconciler would find it in its next pass.
  await watch.until(id, 'its start to be settled', ({ owed }) => owed === 0);
  const run = rig.temporal.client.workflow.getHandle(orderWorkflowId(id));
  await run.terminate('terminated by a test');
  await transaction(pool, (tx) => startAgain(tx, id, 'terminated', rig.config.policy));
}

/** Somebody sends the run the cancel signal itself, past the API, while a deed is under way; `end` is what comes of it. */
export function isToldToCancel(label: string, side: 'before' | 'after', end: End): Twist {
  return (order, stage, story) => {
    const complaints: string[] = [];
    const tell = async (local: boolean): Promise<void> => {
      await tellToCancel(order, stage);
      // A local activity ends before its workflow can hear of anything; a run that unwinds has heard of it.
      if (local || story.end === 'cancelled') return;
      await nudged(stage, order.id).catch((error: Error) => complaints.push(error.message));
    };
    const script: Script = async ({ act, local }) => {
      if (side === 'before') await tell(local);
      const result = await act();
      if (side === 'after') await tell(local);
      return result;
    };
    return { scripts: { [label]: onFirst(script) }, complaints, end: () => end };
  };
}

/** Somebody resets the run to its beginning while a deed is under way: the new run goes through all of it again. */
export function isReset(label: string): Twist {
  return (order, stage) => {
    const script: Script = async ({ act }) => {
      const result = await act();
      await reset(order, stage);
      return result;
    };
    return { scripts: { [label]: onFirst(script) }, lostItsRun: true };
  };
}

async function reset({ id }: StagedOrder, { rig }: Stage): Promise<void> {
  const { workflow, workflowService } = rig.temporal.client;
  const { events } = await workflow.getHandle(orderWorkflowId(id)).fetchHistory();
  const firstTask = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
  if (!firstTask) throw new Error('the run has not begun');
  await workflowService.resetWorkflowExecution({
    namespace: rig.temporal.namespace,
    workflowExecution: { workflowId: orderWorkflowId(id) },
    reason: 'reset by a test',
    workflowTaskFinishEventId: firstTask,
    requestId: crypto.randomUUID(),
  });
}
