/** What becomes of a tick while an earlier job of its schedule has not ended. */
export const overlapPolicies = ['skip', 'buffer_one', 'buffer_all', 'allow_all'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/** How a schedule runs. Code has its own of each; what operators set stands over that. */
export interface ScheduleSettings {
  /** Five fields, in words that cron.ts reads. */
  readonly cron: string;
  /** An IANA name. */
  readonly timeZone: string;
  readonly overlap: OverlapPolicy;
  /** How late a tick that was missed is still made up for, in milliseconds. */
  readonly catchUpMs: number;
  /** Days there on which nothing happens, as YYYY-MM-DD. */
  readonly skipDates: readonly string[];
  /** What each job is told beside what follows from its tick. */
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * What a schedule makes one job for: a day there, whatever its clocks do, or a minute. A day whose hour the clocks skip is
 * made up for; a minute that they skip there never was, and one that they repeat there was twice.
 */
export const tickUnits = ['local_date', 'minute'] as const;
export type TickUnit = (typeof tickUnits)[number];

/** One time at which a schedule is due. */
export interface Tick {
  /** The day there (2026-03-29) or the minute (2026-03-29T01:00Z): what there is one job for. */
  readonly key: string;
  readonly dueAt: Date;
}

/** Why a tick was taken up. */
export const tickCauses = ['schedule', 'catch_up', 'trigger', 'backfill'] as const;
export type TickCause = (typeof tickCauses)[number];

/** What came of a tick: a job, or none and why. */
export const tickOutcomes = ['made', 'overlap', 'holiday', 'paused', 'missed'] as const;
export type TickOutcome = (typeof tickOutcomes)[number];

/** The most days that a calendar of days to skip may have. */
export const maxSkipDates = 200;

/** The most ticks that one call makes up for. */
export const maxBackfillTicks = 400;

/** How late a tick may be made up for at most, in milliseconds; what is older is for a backfill. */
export const maxCatchUpMs = 31 * 24 * 60 * 60 * 1_000;
