import { z } from 'zod';
import { patientRetry } from '../../../domain/job-type.ts';
import { defineJobType } from '../job-type.ts';

const hourMs = 60 * 60 * 1_000;

/** Carries out what `POST /bulk-operations` has counted and somebody has confirmed. */
export const bulkOperation = defineJobType({
  name: 'bulk-operation',
  summary: 'Retries or cancels all that a bulk operation has counted.',
  input: z.strictObject({ operationId: z.uuid() }),
  queue: 'jobs',
  retry: patientRetry,
  attemptTimeoutMs: hourMs,
  deadlineMs: 6 * hourMs,
  // One after the other, so that what they are told comes in the order in which it was confirmed.
  concurrency: 1,
  maxBacklog: 1_000,
  uniqueness: 'for_ever',
  short: false,
  fileLifetimeMs: null,
  offered: false,
});
