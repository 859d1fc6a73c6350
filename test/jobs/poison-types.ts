import { setTimeout as pause } from 'node:timers/promises';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { testType } from './types.ts';

const retry = { maxAttempts: 2, backoff: { firstMs: 10, factor: 1, maxMs: 10 } };
export const poisonType = testType('short', { short: true, retry });

/** Longer than the poison takes to work. */
const firstAttemptMs = 1_500;

/** A job labelled `poison` takes its process down at each attempt; the others are then in the midst of their first one. */
export const poisonJob = registerJob(poisonType, async ({ input, attempt }) => {
  if (input.label === 'poison') {
    await pause(firstAttemptMs / 2);
    process.kill(process.pid, 'SIGKILL');
  }
  if (attempt === 1) await pause(firstAttemptMs);
  return {};
});
