import * as alerts from '../../db/alerts.ts';
import { readClock } from '../../db/clock.ts';
import { transaction, type Tx } from '../../db/pool.ts';
import { noteMissed, takeUpTick, type TakenTick } from '../../db/schedule-ticks.ts';
import { listSchedules, lockSchedule, noteSeen, pauseNoteOf, type Schedule } from '../../db/schedules.ts';
import type { Tick } from '../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../domain/scheduled-type.ts';
import type { Schedules } from '../../domain/schedule-state.ts';
import { ticksBetween } from '../../domain/ticks.ts';
import type { TickContext } from '../ticks.ts';
import { unlessFailing } from './unless-failing.ts';

/** Temporal is given this long to call for a tick itself. */
const punctualMs = 2 * 60 * 1_000;

/** Ticks of one schedule that one look sees to; the next one goes on. */
const maxTicksALook = 200;

export interface ScheduleLookContext extends TickContext {
  readonly schedules: Schedules;
}

/**
 * Looks for ticks that were due and that Temporal has not called for: an hour that the clocks have skipped, a Temporal that
 * was away for too long, a schedule that somebody has removed there. What is not too late is made up for.
 */
export function createScheduleLook(ctx: ScheduleLookContext) {
  return {
    /** Gives how many ticks it has made up for or written down as missed. */
    async reconcileSchedules(): Promise<number> {
      return lookAtSchedules(ctx, await readClock(ctx.pool));
    },
  };
}

/** The look as it is at this moment by the database's clock: a worker's own may be wrong by days. */
export async function lookAtSchedules(ctx: ScheduleLookContext, now: Date): Promise<number> {
  const until = new Date(now.getTime() - punctualMs);
  let count = 0;
  for (const schedule of await listSchedules(ctx.pool)) {
    const scheduled = ctx.scheduledTypes.find(({ rules }) => rules.name === schedule.jobType);
    if (!scheduled || until <= schedule.seenUntil) continue;
    await unlessFailing(ctx.events, { kind: 'schedule', subject: schedule.id }, async () => {
      count += await look(ctx, schedule, scheduled, { now, until });
    });
  }
  return count;
}

async function look(
  ctx: ScheduleLookContext,
  schedule: Schedule,
  scheduled: ScheduledType,
  { now, until: end }: { readonly now: Date; readonly until: Date },
): Promise<number> {
  const isPausedInTemporal = await lookInTemporal(ctx, schedule);
  const ticks = ticksBetween(
    timetableOf(scheduled, schedule.settings),
    schedule.seenUntil,
    end,
    maxTicksALook,
  );
  const until = ticks.length < maxTicksALook ? end : (ticks.at(-1)?.dueAt ?? end);
  const taken = await transaction(ctx.pool, async (tx) => {
    const locked = await lockSchedule(tx, schedule.id);
    // What was changed meanwhile is for the next look.
    if (!locked || locked.seenUntil > schedule.seenUntil) return [];
    const isPaused = isPausedInTemporal || locked.pausedAt !== null;
    const seen = isPaused ? [] : await seeTo(tx, locked, scheduled, ticks, now);
    await noteSeen(tx, schedule.id, {
      until,
      isPausedInTemporal: isPausedInTemporal && locked.pausedAt === null,
    });
    return seen;
  });
  for (const one of taken) ctx.events.tickTaken({ scheduleId: schedule.id, ...one, cause: 'catch_up' });
  return taken.length;
}

async function seeTo(
  tx: Tx,
  schedule: Schedule,
  scheduled: ScheduledType,
  ticks: readonly Tick[],
  now: Date,
): Promise<TakenTick[]> {
  const { id, settings } = schedule;
  const taken: TakenTick[] = [];
  const missed: Tick[] = [];
  for (const tick of ticks) {
    if (now.getTime() - tick.dueAt.getTime() > settings.catchUpMs) {
      if (await noteMissed(tx, id, tick)) missed.push(tick);
    } else {
      const job = jobOfTick(scheduled, tick, settings);
      taken.push(await takeUpTick(tx, schedule, tick, job, { cause: 'catch_up', isHoliday: false }));
    }
  }
  if (missed[0]) await tell(tx, id, missed[0], missed.length);
  const isMissed = missed.map(
    ({ key }) => ({ tick: key, outcome: 'missed', jobId: null, isNew: true }) as const,
  );
  return [...taken.filter(({ isNew }) => isNew), ...isMissed];
}

/** Once for all that one look finds. */
async function tell(tx: Tx, scheduleId: string, first: Tick, count: number): Promise<void> {
  await alerts.raise(tx, {
    occurrence: `schedule:${scheduleId}:${first.key}`,
    type: 'schedule.missed',
    orderId: null,
    facts: { schedule: scheduleId, firstTick: first.key, count },
  });
}

/** Whether it is paused there. A schedule that is not there any more is made anew. */
async function lookInTemporal({ schedules }: ScheduleLookContext, schedule: Schedule): Promise<boolean> {
  const { id, settings, pausedAt } = schedule;
  const state = await schedules.look(id);
  if (state) return state.paused;
  await schedules.ensure({ id, settings, pauseNote: pauseNoteOf(schedule) });
  return pausedAt !== null;
}
