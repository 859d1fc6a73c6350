import type { Tick } from '../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../domain/scheduled-type.ts';
import { ticksBetween } from '../../domain/ticks.ts';
import * as alerts from '../alerts.ts';
import { readClock } from '../clock.ts';
import type { Tx } from '../pool.ts';
import { isTaken, noteMissed, takeUpTick, type TakenTick } from './ticks.ts';
import { noteSeen, type Schedule } from './schedules.ts';

/** Jobs that are made at once for ticks of one schedule. */
const maxMadeAtOnce = 200;

/** Ticks that are written down at once when a schedule changes: a week of minutes. */
const maxNotedAtOnce = 10_000;

/**
 * Sees to the ticks of a schedule, which the caller has locked, that have fallen due until then and that nobody has called for:
 * they are made up for, or are written down as missed where that is too late. At most `maxMadeAtOnce`; what is left is for the
 * next call. While it is paused nothing was due. Gives what came of them.
 */
export async function seeToDue(
  tx: Tx,
  schedule: Schedule,
  scheduled: ScheduledType,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<TakenTick[]> {
  const ticks = dueTicks(schedule, scheduled, until, maxMadeAtOnce);
  const last = ticks.length < maxMadeAtOnce ? undefined : ticks.at(-1);
  await noteSeen(tx, schedule.id, last?.dueAt ?? until);
  const inTime = ticks.filter((tick) => isInTime(tick, schedule, now));
  return makeOrMiss(tx, schedule, scheduled, { ticks, wanted: inTime });
}

/**
 * Sees to all ticks that have fallen due, before a schedule changes or is paused: its settings count for them and for none
 * after them, and Temporal forgets what it has not called for by then. What cannot be made any more is missed: nothing of
 * the past stands in the way of a change. The caller has locked the schedule. Gives what came of them.
 */
export async function seeToAllDue(
  tx: Tx,
  schedule: Schedule,
  types: readonly ScheduledType[],
): Promise<TakenTick[]> {
  const now = await readClock(tx);
  const { id, jobType, settings } = schedule;
  await noteSeen(tx, id, now);
  const scheduled = types.find(({ rules }) => rules.name === jobType);
  if (!scheduled) return [];
  const ticks = dueTicks(schedule, scheduled, now, maxNotedAtOnce);
  const inTime = ticks.filter((tick) => isInTime(tick, schedule, now)).slice(0, maxMadeAtOnce);
  const wanted = inTime.filter((tick) => isTaken(jobOfTick(scheduled, tick, settings)));
  return makeOrMiss(tx, schedule, scheduled, { ticks, wanted });
}

function dueTicks(schedule: Schedule, scheduled: ScheduledType, until: Date, limit: number): Tick[] {
  if (schedule.pausedAt !== null || schedule.isPausedInTemporal) return [];
  return ticksBetween(timetableOf(scheduled, schedule.settings), schedule.seenUntil, until, limit);
}

async function makeOrMiss(
  tx: Tx,
  schedule: Schedule,
  scheduled: ScheduledType,
  { ticks, wanted }: { readonly ticks: readonly Tick[]; readonly wanted: readonly Tick[] },
): Promise<TakenTick[]> {
  const made = await makeAll(tx, schedule, scheduled, wanted);
  const unwanted = ticks.filter((tick) => !wanted.includes(tick));
  return [...made, ...(await miss(tx, schedule.id, unwanted))];
}

async function makeAll(
  tx: Tx,
  schedule: Schedule,
  scheduled: ScheduledType,
  ticks: readonly Tick[],
): Promise<TakenTick[]> {
  const taken: TakenTick[] = [];
  for (const tick of ticks) {
    const job = jobOfTick(scheduled, tick, schedule.settings);
    taken.push(await takeUpTick(tx, schedule, tick, job, { cause: 'catch_up', isHoliday: false }));
  }
  return taken.filter(({ isNew }) => isNew);
}

async function miss(tx: Tx, scheduleId: string, ticks: readonly Tick[]): Promise<TakenTick[]> {
  const missed = await noteMissed(tx, scheduleId, ticks);
  if (missed[0] !== undefined) await tell(tx, scheduleId, missed[0], missed.length);
  return missed.map((tick) => ({ tick, outcome: 'missed', jobId: null, isNew: true }));
}

function isInTime({ dueAt }: Tick, { settings }: Schedule, now: Date): boolean {
  return now.getTime() - dueAt.getTime() <= settings.catchUpMs;
}

/** Once for all that are found together. */
async function tell(tx: Tx, scheduleId: string, firstTick: string, count: number): Promise<void> {
  await alerts.raise(tx, {
    occurrence: `schedule:${scheduleId}:${firstTick}`,
    type: 'schedule.missed',
    orderId: null,
    facts: { schedule: scheduleId, firstTick, count },
  });
}
