import { z } from 'zod';
import { cronProblem } from '../../domain/cron.ts';
import { dayWords, isDay, isTimeZone } from '../../domain/local-time.ts';
import { publicJobStatuses } from '../../domain/job.ts';
import {
  maxCatchUpMs,
  maxSkipDates,
  overlapPolicies,
  tickCauses,
  tickOutcomes,
  type OverlapPolicy,
} from '../../domain/schedule.ts';
import { time } from './fields.ts';
import { line } from './text.ts';

export const scheduleId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    'must be 1 to 64 lower-case letters, digits and hyphens, the first one no hyphen',
  )
  .meta({ example: 'daily-summary' });

export const cron = z
  .string()
  .max(200)
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'Minute, hour, day of the month, month, day of the week, on the clocks of the time zone.',
    example: '0 2 * * *',
  });

export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
  .meta({ example: 'Europe/Berlin' });

export const day = z.string().refine(isDay, dayWords).meta({ format: 'date', example: '2026-12-25' });

const overlaps: Record<OverlapPolicy, string> = {
  skip: 'nothing happens',
  buffer_one: 'the next one waits for it, and no more than one waits',
  buffer_all: 'it waits in line',
  allow_all: 'both run',
};

const overlap = z.enum(overlapPolicies).meta({
  description: `What becomes of a tick while an earlier job of the schedule has not ended: ${Object.entries(
    overlaps,
  )
    .map(([name, words]) => `\`${name}\`: ${words}`)
    .join('; ')}.`,
});

const catchUpSeconds = z
  .int()
  .min(0)
  .max(maxCatchUpMs / 1_000)
  .meta({ description: 'How late a tick that was missed is still made up for.', example: 72_000 });

const skipDates = z.array(day).max(maxSkipDates).meta({
  description: 'Holidays: days there on which nothing happens. One that is named twice counts once.',
});

const input = z
  .record(z.string(), z.unknown())
  .meta({ description: 'What each job is told, beside what follows from its tick.' });

/** How a schedule shall run. */
export const newSettings = z
  .strictObject({
    type: line(64).optional().meta({
      description: 'The type of its jobs: for a schedule that is not there yet, and never another one.',
      example: 'daily-summary',
    }),
    cron,
    timeZone,
    overlap: overlap.default('skip'),
    catchUpSeconds: catchUpSeconds.default(3_600),
    skipDates: skipDates.default([]),
    input: input.default({}),
  })
  .meta({ id: 'ScheduleSettings' });

const tick = z.string().meta({
  description: 'What there is one job for: a day there, or a minute of UTC.',
  example: '2026-01-15',
});

/** A tick that somebody has asked for, and its job. */
export const madeTick = z
  .strictObject({
    tick,
    dueAt: time,
    jobId: z.uuid().nullable().meta({ description: 'Null for a schedule that makes no jobs.' }),
    isNew: z.boolean().meta({ description: 'False where it was made before.' }),
  })
  .meta({ id: 'MadeTick' });

/** A tick and what came of it. */
export const takenTick = z
  .strictObject({
    tick,
    dueAt: time,
    outcome: z.enum(tickOutcomes).meta({
      description:
        '`made`: there is a job; else why there is none: an `overlap`, a `holiday`, `paused`, or `missed` for good.',
    }),
    cause: z.enum(tickCauses),
    requestedBy: z.string().nullable(),
    jobId: z.uuid().nullable(),
    jobStatus: z.enum(publicJobStatuses).nullable().meta({ description: 'Null once the job is forgotten.' }),
    at: time.meta({ description: 'When that was decided.' }),
  })
  .meta({ id: 'TakenTick' });

export const schedule = z
  .strictObject({
    id: scheduleId,
    type: z.string().nullable().meta({ description: 'Of its jobs; null for one of the service itself.' }),
    cron: z.string().nullable().meta({ example: '0 2 * * *' }),
    everySeconds: z.number().nullable().meta({ description: 'For one that runs by the interval.' }),
    words: z.string().meta({ description: 'When it runs, in plain words.', example: 'At 02:00, every day' }),
    timeZone: z.string().nullable(),
    overlap: overlap.nullable(),
    catchUpSeconds: z.number().nullable(),
    skipDates: z.array(z.string()),
    input,
    isBuiltIn: z.boolean().meta({ description: 'Whether the service has it of its own accord.' }),
    paused: z
      .strictObject({ since: time.nullable(), by: z.string(), reason: z.string().nullable() })
      .nullable()
      .meta({ description: 'Null for one that runs.' }),
    changed: z
      .strictObject({ at: time, by: z.string() })
      .nullable()
      .meta({ description: 'Whose settings these are; null for those of the release.' }),
    nextRuns: z
      .array(z.strictObject({ tick, dueAt: time }))
      .meta({ description: 'The next ones, were it not paused.' }),
    lastRuns: z.array(takenTick).meta({ description: 'The newest first.' }),
    leftOut: z
      .strictObject({ missed: z.int(), overlap: z.int(), holiday: z.int(), paused: z.int() })
      .meta({ description: 'Ticks of the last 30 days without a job, by the reason.' }),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'Schedule' });
