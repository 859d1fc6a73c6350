import cronstrue from 'cronstrue';
import type { z } from 'zod';
import { countLeftOut, readLastTicks, type TakenTick, type TickView } from '../../db/schedules/ticks.ts';
import { findSchedule, listSchedules, type Schedule } from '../../db/schedules/schedules.ts';
import type { Db } from '../../db/pool.ts';
import { publicStatus } from '../../domain/job.ts';
import { timetableOf, type ScheduledType } from '../../domain/scheduled-type.ts';
import type { Tick, TickOutcome } from '../../domain/schedule.ts';
import { nextTicks } from '../../domain/ticks.ts';
import { nextRunsShown, lastRunsShown, leftOutDays } from '../limits.ts';
import type { schedule } from '../schemas/schedule.ts';

export type ScheduleBody = z.input<typeof schedule>;

const dayMs = 24 * 60 * 60 * 1_000;

/** Every schedule of jobs as clients are told of it, by their ids. */
export async function readSchedules(db: Db, types: readonly ScheduledType[]): Promise<ScheduleBody[]> {
  return bodiesOf(db, await listSchedules(db), types);
}

/** One of them; undefined where there is none. */
export async function readSchedule(
  db: Db,
  id: string,
  types: readonly ScheduledType[],
): Promise<ScheduleBody | undefined> {
  const found = await findSchedule(db, id);
  const [body] = found ? await bodiesOf(db, [found], types) : [];
  return body;
}

async function bodiesOf(
  db: Db,
  schedules: readonly Schedule[],
  types: readonly ScheduledType[],
): Promise<ScheduleBody[]> {
  const ids = schedules.map(({ id }) => id);
  const since = new Date(Date.now() - leftOutDays * dayMs);
  const ticks = await readLastTicks(db, ids, lastRunsShown);
  const counts = await countLeftOut(db, ids, since);
  return schedules.map((one) => {
    const scheduled = types.find(({ rules }) => rules.name === one.jobType);
    const leftOut = (outcome: TickOutcome): number =>
      counts.find((row) => row.scheduleId === one.id && row.outcome === outcome)?.count ?? 0;
    return {
      ...settingsOf(one),
      nextRuns: scheduled ? nextRuns(one, scheduled) : [],
      lastRuns: ticks.filter(({ scheduleId }) => scheduleId === one.id).map(takenBody),
      leftOut: {
        missed: leftOut('missed'),
        overlap: leftOut('overlap'),
        holiday: leftOut('holiday'),
        paused: leftOut('paused'),
      },
      links: { self: `/schedules/${one.id}` },
    };
  });
}

function settingsOf(one: Schedule) {
  const { cron, timeZone, overlap, catchUpMs, skipDates, input } = one.settings;
  return {
    id: one.id,
    type: one.jobType,
    cron,
    everySeconds: null,
    words: cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: true }),
    timeZone,
    overlap,
    catchUpSeconds: catchUpMs / 1_000,
    skipDates: [...skipDates],
    input: { ...input },
    isBuiltIn: one.isBuiltIn,
    paused: pauseOf(one),
    changed:
      one.isOverridden && one.changedAt !== null
        ? { at: one.changedAt.toISOString(), by: one.changedBy ?? '' }
        : null,
  };
}

function pauseOf({ pausedAt, pausedBy, pauseReason, isPausedInTemporal }: Schedule): ScheduleBody['paused'] {
  if (pausedAt !== null) return { since: pausedAt.toISOString(), by: pausedBy ?? '', reason: pauseReason };
  return isPausedInTemporal ? pausedInTemporal(null) : null;
}

/** By whom and since when, Temporal does not say. */
export function pausedInTemporal(reason: string | null) {
  return { since: null, by: 'somebody in Temporal', reason };
}

function nextRuns(one: Schedule, scheduled: ScheduledType): ScheduleBody['nextRuns'] {
  const ticks = nextTicks(timetableOf(scheduled, one.settings), new Date(), nextRunsShown);
  return ticks.map(({ key, dueAt }) => ({ tick: key, dueAt: dueAt.toISOString() }));
}

/** A tick and the job that it has. */
export function madeBody({ key, dueAt }: Tick, { jobId, isNew }: Pick<TakenTick, 'jobId' | 'isNew'>) {
  return { tick: key, dueAt: dueAt.toISOString(), jobId, isNew };
}

export function takenBody(view: TickView): ScheduleBody['lastRuns'][number] {
  const { tick, dueAt, outcome, cause, requestedBy, jobId, jobStatus, createdAt } = view;
  return {
    tick,
    dueAt: dueAt.toISOString(),
    outcome,
    cause,
    requestedBy,
    jobId,
    jobStatus: jobStatus === null ? null : publicStatus(jobStatus),
    at: createdAt.toISOString(),
  };
}
