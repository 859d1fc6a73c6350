import type { ScheduleSettings } from './schedule.ts';

/** A schedule as Temporal has it. */
export interface ScheduleState {
  readonly paused: boolean;
  /** What was said when it was paused or went on, by people or by us. */
  readonly note: string | null;
  /** From one start to the next where that is how it runs, in milliseconds; null for one by the calendar. */
  readonly everyMs: number | null;
  /** When it starts something next, the soonest first. */
  readonly next: readonly Date[];
  /** What it has started lately, the oldest first. */
  readonly recent: readonly { readonly dueAt: Date; readonly startedAt: Date }[];
  /** How often it came too late to make up for it. */
  readonly missed: number;
}

/** Who has paused a schedule, and why where that was said. */
export interface Pause {
  readonly by: string;
  readonly reason: string | null;
}

/** What Temporal shows of a pause. */
export function pauseNote({ by, reason }: Pause): string {
  return `paused by ${by}${reason === null ? '' : `: ${reason}`}`;
}

/** Who has paused a schedule by such a note; null where it is somebody else's, in Temporal itself. */
export function pauseOf(note: string): Pause | null {
  const [, by, reason = null] = /^paused by ([^\s:]+)(?:: (.+))?$/s.exec(note) ?? [];
  return by === undefined ? null : { by, reason };
}

/** What Temporal is told of a schedule of jobs. */
export interface JobSchedule {
  readonly id: string;
  readonly settings: ScheduleSettings;
  /** Why it is paused in Postgres; null where it is not. */
  readonly pauseNote: string | null;
}

/** The schedules that Temporal has. What it cannot be asked now throws. */
export interface Schedules {
  /** Null where there is none of this id. */
  look(id: string): Promise<ScheduleState | null>;
  setPaused(id: string, paused: boolean, note: string): Promise<void>;
  /** Starts at once what it starts, unless that is under way and must not be twice. */
  trigger(id: string): Promise<void>;
  /**
   * Makes the schedule of these settings where there is none, or another one. Throws a `Failure` where Temporal takes none of
   * these settings: `Misconfigured`.
   */
  ensure(schedule: JobSchedule): Promise<void>;
}
