import type { HistoryAndWorkflowId } from '@temporalio/client';
import { orderWorkflowId } from '../../../src/domain/ids.ts';
import { toJson, fetchHistory, personalDataIn } from '../../support/histories.ts';
import { replay } from '../../support/replay.ts';
import type { Stage } from './stage.ts';

const fetchesAtOnce = 20;

/** The histories of every order that was placed on the stage. */
export async function historiesOf({ rig, placed }: Stage): Promise<HistoryAndWorkflowId[]> {
  const orderIds = [...placed.keys()];
  const ids = orderIds.map(orderWorkflowId);
  const histories: HistoryAndWorkflowId[] = [];
  for (let at = 0; at < ids.length; at += fetchesAtOnce) {
    const some = ids.slice(at, at + fetchesAtOnce).map((id) => fetchHistory(rig.temporal.client, id));
    for (const history of await Promise.all(some)) if (history) histories.push(history);
  }
  return histories;
}

/**
 * The server's own reasons to have a task done anew: news came meanwhile, the run was reset or terminated, or a part of the
 * server has not heard yet of the attributes of a new namespace. One that stays unknown lets no order end.
 */
const serversReasons = [
  'UNHANDLED_COMMAND',
  'RESET_WORKFLOW',
  'FORCE_CLOSE_COMMAND',
  'BAD_SEARCH_ATTRIBUTES',
].map((cause) => `WORKFLOW_TASK_FAILED_CAUSE_${cause}`);

/** Why workflow tasks failed, as far as that was ours. */
function failedTasksIn(json: string): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `toJson`
  const { events } = JSON.parse(json) as {
    events: { workflowTaskFailedEventAttributes?: { cause: string } }[];
  };
  return events
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed ? [failed] : []))
    .filter(({ cause }) => !serversReasons.includes(cause))
    .map((failed) => JSON.stringify(failed));
}

/** What is wrong with the histories: they do not replay, tell of failed workflow tasks, or of the customer. */
export async function historyProblems(stage: Stage): Promise<string[]> {
  const histories = await historiesOf(stage);
  const told = histories.flatMap((one) => {
    const { workflowId } = one;
    const json = toJson(one);
    const words = personalDataIn(json);
    return [
      ...(words.length > 0 ? [`${workflowId} tells of the customer: ${words.join(', ')}`] : []),
      ...failedTasksIn(json).map((why) => `${workflowId} has a failed workflow task: ${why}`),
    ];
  });
  return [...told, ...(await replay(histories))];
}
