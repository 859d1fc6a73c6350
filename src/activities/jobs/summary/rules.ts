import { patientRetry } from '../../../domain/job-type.ts';

const minute = 60 * 1_000;
const hour = 60 * minute;

/** What summaries of a day and of a week have in common. */
export const summaryRules = {
  queue: 'heavy',
  retry: patientRetry,
  attemptTimeoutMs: 5 * minute,
  deadlineMs: 6 * hour,
  concurrency: null,
  maxBacklog: 1_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: 90 * 24 * hour,
  offered: true,
} as const;
