import { startAgain } from '../../../src/db/start-again.ts';
import { transaction } from '../../../src/db/pool.ts';
import { orderWorkflowId } from '../../../src/domain/ids.ts';
import type { Script } from './director.ts';
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
