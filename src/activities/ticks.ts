import type { Pool } from 'pg';
import { transaction } from '../db/pool.ts';
import { takeUpTick, type TakenTick } from '../db/schedules/ticks.ts';
import { lockSchedule } from '../db/schedules/schedules.ts';
import { dayAt } from '../domain/local-time.ts';
import { jobOfTick, type ScheduledType } from '../domain/scheduled-type.ts';
import { tickAt } from '../domain/ticks.ts';
import type { Events } from '../telemetry/events.ts';

export interface TickContext {
  readonly pool: Pool;
  readonly events: Events;
  /** The types that schedules can make jobs of. */
  readonly scheduledTypes: readonly ScheduledType[];
}

/** A tick as Temporal tells of it; the time is that which the schedule names, RFC 3339. */
export interface TickRef {
  readonly scheduleId: string;
  readonly at: string;
}

/** What came of it; `unknown` where no such schedule, or no such type, is known here any more. */
export type FiredTick = Omit<TakenTick, 'outcome'> & { readonly outcome: TakenTick['outcome'] | 'unknown' };

export function createTicks({ pool, events, scheduledTypes }: TickContext) {
  return {
    /** Has the job of a tick made, once however often and by whomever the tick is called for. */
    async fireTick({ scheduleId, at }: TickRef): Promise<FiredTick> {
      const taken = await transaction(pool, async (tx) => {
        const schedule = await lockSchedule(tx, scheduleId);
        const scheduled = scheduledTypes.find(({ rules }) => rules.name === schedule?.jobType);
        if (!schedule || !scheduled) return null;
        const { settings } = schedule;
        const tick = tickAt({ unit: scheduled.unit, timeZone: settings.timeZone }, new Date(at));
        const isHoliday = settings.skipDates.includes(dayAt(tick.dueAt, settings.timeZone));
        const job = jobOfTick(scheduled, tick, settings);
        return takeUpTick(tx, schedule, tick, job, { cause: 'schedule', isHoliday });
      });
      if (taken?.isNew) events.tickTaken({ scheduleId, ...taken, cause: 'schedule' });
      return taken ?? { tick: at, outcome: 'unknown', jobId: null, isNew: false };
    },
  };
}
