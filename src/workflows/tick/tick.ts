import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import type { FiredTick } from '../../activities/ticks.ts';
import { tickActivities } from '../activities.ts';
import type { TickInput } from './messages.ts';

/** Temporal's own: the time that the schedule names, however late the run is. */
const scheduledFor = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** One tick of a schedule: has its job made, unless Postgres knows the tick already. */
export async function tick({ scheduleId }: TickInput): Promise<FiredTick> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const at = typedSearchAttributes.get(scheduledFor) ?? startTime;
  return tickActivities.fireTick({ scheduleId, at: at.toISOString() });
}
