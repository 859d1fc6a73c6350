import { z } from 'zod';
import { patientRetry } from '../../../domain/job-type.ts';
import { defineJobType } from '../job-type.ts';

const hour = 60 * 60 * 1_000;

export const trackRegistration = defineJobType({
  name: 'track-registration',
  summary: 'Counts a registration for analytics.',
  input: z.strictObject({ userId: z.uuid() }),
  queue: 'jobs',
  retry: patientRetry,
  attemptTimeoutMs: 30_000,
  deadlineMs: 24 * hour,
  concurrency: null,
  maxBacklog: 1_000_000,
  uniqueness: 'until_ended',
  short: true,
  fileLifetimeMs: null,
  offered: false,
});
