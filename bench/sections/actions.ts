import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * What Temporal Cloud would bill for a run, as far as its history tells (docs.temporal.io/cloud/actions): its start, each
 * attempt of an activity, all local activities of one workflow task together, timers, signals, updates of search
 * attributes. Heartbeats and queries leave no event.
 */
export function billableActions(events: readonly HistoryEvent[]): number {
  const tasksWithLocals = new Set<string>();
  let actions = 0;
  for (const event of events) {
    const marker = event.markerRecordedEventAttributes;
    if (marker) tasksWithLocals.add(String(marker.workflowTaskCompletedEventId));
    if (
      event.workflowExecutionStartedEventAttributes ||
      event.timerStartedEventAttributes ||
      event.workflowExecutionSignaledEventAttributes ||
      event.upsertWorkflowSearchAttributesEventAttributes
    )
      actions += 1;
    actions += event.activityTaskStartedEventAttributes?.attempt ?? 0;
  }
  return actions + tasksWithLocals.size;
}
