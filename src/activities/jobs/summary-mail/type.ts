import { z } from 'zod';
import { patientRetry } from '../../../domain/job-type.ts';
import { defineJobType } from '../job-type.ts';

const hour = 60 * 60 * 1_000;

/** Mails a summary that has been made; a job of its own, so that a mail server that is away holds up no summary. */
export const summaryMail = defineJobType({
  name: 'summary-mail',
  summary: 'Mails a summary with its PDF.',
  input: z.strictObject({ summaryId: z.uuid(), address: z.email().max(254), fileKey: z.string() }),
  queue: 'jobs',
  retry: { ...patientRetry, maxAttempts: 300 },
  attemptTimeoutMs: 30_000,
  deadlineMs: 48 * hour,
  concurrency: 5,
  maxBacklog: 1_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: null,
  offered: false,
});
