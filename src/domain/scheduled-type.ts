import type { JobRules } from './job-type.ts';
import type { ScheduleSettings, Tick, TickUnit } from './schedule.ts';
import type { Timetable } from './ticks.ts';

/** A type of jobs that schedules can make. */
export interface ScheduledType {
  readonly rules: JobRules;
  /** What there is one job for. */
  readonly unit: TickUnit;
  /** What its job is told of a tick, beside the schedule's own input. */
  readonly inputOf: (tick: Tick, settings: ScheduleSettings) => Readonly<Record<string, unknown>>;
}

/** The job of a tick: the rules of its type, and its input, not checked yet. */
export function jobOfTick({ rules, inputOf }: ScheduledType, tick: Tick, settings: ScheduleSettings) {
  return { rules, input: { ...settings.input, ...inputOf(tick, settings) } };
}

/** What a schedule's settings and its type say of when it is due. */
export function timetableOf(
  { unit }: ScheduledType,
  { cron, timeZone, skipDates }: ScheduleSettings,
): Timetable {
  return { unit, cron, timeZone, skipDates };
}
