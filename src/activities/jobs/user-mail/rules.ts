import { z } from 'zod';

const minute = 60 * 1_000;
const day = 24 * 60 * minute;

/** What the mails to users have in common: a mail server that is away for days is waited for. */
export const userMailRules = {
  input: z.strictObject({ userId: z.uuid() }),
  queue: 'jobs',
  retry: { maxAttempts: 10_000, backoff: { firstMs: 1_000, factor: 2, maxMs: minute } },
  attemptTimeoutMs: 30_000,
  deadlineMs: 7 * day,
  // What a mail server takes at once.
  concurrency: 10,
  maxBacklog: 1_000_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: null,
  offered: false,
} as const;
