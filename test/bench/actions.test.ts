import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { billableActions } from '../../bench/sections/actions.ts';

const { History } = proto.temporal.api.history.v1;

const localIn = (task: number) => ({ markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } });

test('starts, attempts, timers, signals and search attributes are billed, local activities once a workflow task', () => {
  const { events } = History.fromObject({
    events: [
      { workflowExecutionStartedEventAttributes: {} },
      { workflowTaskStartedEventAttributes: {} },
      localIn(4),
      localIn(4),
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
      { timerStartedEventAttributes: {} },
      { timerCanceledEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: {} },
      localIn(9),
    ],
  });
  expect(billableActions(events)).toBe(1 + 1 + 3 + 1 + 1 + 1 + 1);
});
