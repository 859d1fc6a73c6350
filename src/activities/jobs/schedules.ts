import { addDays, weekdayOf } from '../../domain/local-time.ts';
import type { ScheduleSettings } from '../../domain/schedule.ts';
import { scheduledType, type ScheduledType } from '../../domain/scheduled-type.ts';
import { cleanup } from './cleanup/type.ts';
import { dailySummary } from './daily-summary/type.ts';
import { weeklySummary } from './weekly-summary/type.ts';

/** Every type of jobs that schedules can make: those below, and those that operators make beside them. */
export const scheduledTypes: readonly ScheduledType[] = [
  scheduledType({
    rules: dailySummary,
    unit: 'local_date',
    inputOf: ({ key }, { timeZone }) => ({ day: addDays(key, -1), timeZone }),
  }),
  scheduledType({
    rules: weeklySummary,
    unit: 'local_date',
    inputOf: ({ key }, { timeZone }) => ({ monday: addDays(key, 1 - weekdayOf(key) - 7), timeZone }),
  }),
  scheduledType({ rules: cleanup, unit: 'minute', inputOf: () => ({}) }),
];

/** A schedule that this release has of its own accord. Its id never changes: it is what Temporal and Postgres know it by. */
export interface BuiltInSchedule {
  readonly id: string;
  readonly jobType: string;
  readonly settings: ScheduleSettings;
}

const minute = 60 * 1_000;
const hour = 60 * minute;

/** The schedules of this release, for a shop whose days are those of this time zone. */
export function builtInSchedules(timeZone: string): readonly BuiltInSchedule[] {
  const ofADay = { timeZone, overlap: 'buffer_all', skipDates: [], input: {} } as const;
  return [
    {
      id: 'daily-summary',
      jobType: dailySummary.name,
      settings: { ...ofADay, cron: '0 2 * * *', catchUpMs: 20 * hour },
    },
    {
      id: 'weekly-summary',
      jobType: weeklySummary.name,
      settings: { ...ofADay, cron: '0 3 * * MON', catchUpMs: 5 * 24 * hour },
    },
    {
      id: 'cleanup',
      jobType: cleanup.name,
      // One that is missed is made up for by the next.
      settings: {
        cron: '0 * * * *',
        timeZone: 'UTC',
        overlap: 'skip',
        catchUpMs: 30 * minute,
        skipDates: [],
        input: {},
      },
    },
  ];
}
