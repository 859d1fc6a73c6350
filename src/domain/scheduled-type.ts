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

/** These members, as long as a type's input has each of them. */
type PartOf<Input, Given> = {
  readonly [Name in keyof Given]: Name extends keyof Input ? Input[Name] : never;
};

/** Has the compiler see that what a tick gives is a part of what the type's jobs take. */
export function scheduledType<Input, Given extends object>(type: {
  readonly rules: JobRules<Input>;
  readonly unit: TickUnit;
  readonly inputOf: (tick: Tick, settings: ScheduleSettings) => Given & PartOf<NoInfer<Input>, Given>;
}): ScheduledType {
  return { ...type, inputOf: (tick, settings) => ({ ...type.inputOf(tick, settings) }) };
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
