import { z } from 'zod';
import { defineJobType, type JobType } from '../../src/activities/jobs/job-type.ts';

/** Rules that tests say otherwise where it matters: a job that is tried three times with hardly a wait. */
const usual = {
  queue: 'jobs',
  retry: { maxAttempts: 3, backoff: { firstMs: 10, factor: 1, maxMs: 10 } },
  attemptTimeoutMs: 30_000,
  deadlineMs: 60_000,
  concurrency: null,
  maxBacklog: 10_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: null,
  offered: true,
  summary: 'For tests.',
} as const;

/** What a test's jobs are told apart by. */
const labelled = z.strictObject({ label: z.string().optional() });
export type Labelled = z.output<typeof labelled>;

export function testType(name: string, rules: Partial<JobType<Labelled>> = {}): JobType<Labelled> {
  return defineJobType({ ...usual, name, input: labelled, ...rules });
}
