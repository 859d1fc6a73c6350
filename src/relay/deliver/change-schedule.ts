import type { ScheduleMessage } from '../../db/outbox.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { ensureJobSchedule, pauseJobSchedule, removeJobSchedule } from '../../temporal/job-schedules.ts';

/** Has Temporal follow a change that Postgres has made to a schedule. */
export async function changeSchedule(
  { client }: Pick<Temporal, 'client'>,
  { change, ...schedule }: ScheduleMessage['payload'],
): Promise<void> {
  if (change === 'remove') return removeJobSchedule(client, schedule.id);
  await ensureJobSchedule(client, schedule);
  if (change === 'pause' || change === 'resume')
    await pauseJobSchedule(client, schedule.id, schedule.pauseNote);
}
