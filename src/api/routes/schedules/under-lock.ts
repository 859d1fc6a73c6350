import { seeToAllDue } from '../../../db/schedules/due-ticks.ts';
import type { Tx } from '../../../db/pool.ts';
import type { TakenTick } from '../../../db/schedules/ticks.ts';
import { lockSchedule, type Schedule } from '../../../db/schedules/schedules.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';
import { assertMatches, type IfMatch } from '../../http/etag.ts';
import { readSchedule, type ScheduleBody } from '../../bodies/schedule.ts';

/**
 * The schedule, which nobody else changes until the transaction ends, and which is what the request has asked for. Throws an
 * `unknown-schedule` or a `precondition-failed` problem.
 */
export async function lockAsAsked(
  tx: Tx,
  id: string,
  ifMatch: IfMatch | null,
  context: Pick<ApiContext, 'scheduledTypes'>,
): Promise<Schedule> {
  const locked = await lockSchedule(tx, id);
  if (!locked) throw new Problem('unknown-schedule');
  if (ifMatch !== null) assertMatches(ifMatch, await bodyOf(tx, id, context));
  return locked;
}

/** As it is now, in the caller's transaction. */
export async function bodyOf(
  tx: Tx,
  id: string,
  { scheduledTypes }: Pick<ApiContext, 'scheduledTypes'>,
): Promise<ScheduleBody> {
  const body = await readSchedule(tx, id, scheduledTypes);
  if (!body) throw new Problem('unknown-schedule');
  return body;
}

/** What has fallen due so far is seen to as the schedule is, before a change of it; to be told of after the commit. */
export async function settleTicks(
  tx: Tx,
  known: Schedule | undefined,
  { scheduledTypes }: Pick<ApiContext, 'scheduledTypes'>,
): Promise<TakenTick[]> {
  return known ? seeToAllDue(tx, known, scheduledTypes) : [];
}

/** Lets Temporal be told of a change, and the jobs of `settleTicks` begin. */
export function afterChange(
  { relay, jobs, events }: Pick<ApiContext, 'relay' | 'jobs' | 'events'>,
  scheduleId: string,
  taken: readonly TakenTick[],
): void {
  relay.wake();
  for (const one of taken) events.tickTaken({ scheduleId, ...one, cause: 'catch_up' });
  if (taken.length > 0) jobs.wake();
}
