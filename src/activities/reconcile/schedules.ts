import { readClock } from '../../db/clock.ts';
import { seeToDue } from '../../db/schedules/due-ticks.ts';
import { owesScheduleChange } from '../../db/outbox.ts';
import { transaction } from '../../db/pool.ts';
import {
  listSchedules,
  lockSchedule,
  notePausedInTemporal,
  pauseNoteOf,
  type Schedule,
} from '../../db/schedules/schedules.ts';
import type { ScheduledType } from '../../domain/scheduled-type.ts';
import type { Schedules } from '../../domain/schedule-state.ts';
import type { TickContext } from '../ticks.ts';
import { unlessFailing } from './unless-failing.ts';

/** Temporal is given this long to call for a tick itself. */
const punctualMs = 2 * 60 * 1_000;

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
  span: { readonly now: Date; readonly until: Date },
): Promise<number> {
  const isPausedThere = await lookInTemporal(ctx, schedule);
  const taken = await transaction(ctx.pool, async (tx) => {
    const locked = await lockSchedule(tx, schedule.id);
    // What was changed meanwhile is for the next look.
    if (!locked || locked.seenUntil > schedule.seenUntil) return [];
    const isPausedInTemporal = isPausedThere && locked.pausedAt === null;
    await notePausedInTemporal(tx, schedule.id, isPausedInTemporal);
    return seeToDue(tx, { ...locked, isPausedInTemporal }, scheduled, span);
  });
  for (const one of taken) ctx.events.tickTaken({ scheduleId: schedule.id, ...one, cause: 'catch_up' });
  return taken.length;
}

/**
 * Whether somebody has paused it there. A schedule that is not there any more is made anew. While Temporal is still owed a
 * change, what it says is what was before.
 */
async function lookInTemporal(
  { pool, schedules }: ScheduleLookContext,
  schedule: Schedule,
): Promise<boolean> {
  const { id, settings, isPausedInTemporal } = schedule;
  // Asked first: what is delivered in between is seen in Temporal.
  const isOwed = await owesScheduleChange(pool, id);
  const state = await schedules.look(id);
  if (!state) {
    await schedules.ensure({ id, settings, pauseNote: pauseNoteOf(schedule) });
    return false;
  }
  return isOwed ? isPausedInTemporal : state.paused;
}
