import { z } from 'zod';
import { briefRetry } from '../../../domain/job-type.ts';
import { defineJobType } from '../job-type.ts';
import { leftovers, type Leftover } from './leftovers.ts';

const minute = 60 * 1_000;

/** For how many days something is kept. */
function days(name: Leftover) {
  const { what, leastDays, days: unlessSaid } = leftovers[name];
  return z.int().min(leastDays).max(3_650).default(unlessSaid).meta({ description: what });
}

const keepDays = z.strictObject({
  idempotencyKeys: days('idempotencyKeys'),
  providerEvents: days('providerEvents'),
  attempts: days('attempts'),
  deadJobs: days('deadJobs'),
  jobs: days('jobs'),
  webhooks: days('webhooks'),
  callbackDestinations: days('callbackDestinations'),
  bulkOperations: days('bulkOperations'),
  findings: days('findings'),
  alerts: days('alerts'),
  ticks: days('ticks'),
});

/** Removes what has had its time, so many rows at once, so that nobody waits for it. */
export const cleanup = defineJobType({
  name: 'cleanup',
  summary: 'Removes what is kept for a limited time: stored answers, files, ended jobs, logs of attempts.',
  input: z.strictObject({
    batchSize: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: 'Rows of one transaction; as the workers are configured where nothing is said.' }),
    keepDays: keepDays.prefault({}),
  }),
  queue: 'jobs',
  retry: briefRetry,
  attemptTimeoutMs: 20 * minute,
  deadlineMs: 50 * minute,
  concurrency: 1,
  maxBacklog: 10,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: null,
  // Operators have it through its schedules: whoever may ask for jobs may not have others' jobs forgotten.
  offered: false,
});
