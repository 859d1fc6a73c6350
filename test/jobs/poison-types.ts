import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { testType } from './types.ts';

const retry = { maxAttempts: 2, backoff: { firstMs: 10, factor: 1, maxMs: 10 } };
export const poisonType = testType('short', { short: true, retry });

/** The jobs that the poison shares its batch with. */
export const companions = 5;

let begun = 0;
const allHaveBegun = Promise.withResolvers<void>();

/**
 * A job labelled `poison` takes its process down at each attempt: at the first one while the others are in the midst of theirs,
 * at the second one when they are done.
 */
export const poisonJob = registerJob(poisonType, async ({ input, attempt }, { pool }) => {
  if (input.label === 'poison') {
    await (attempt === 1 ? allHaveBegun.promise : untilOthersAreDone(pool));
    process.kill(process.pid, 'SIGKILL');
  }
  if (attempt > 1) return {};
  begun += 1;
  if (begun === companions) allHaveBegun.resolve();
  return new Promise(() => undefined);
});

async function untilOthersAreDone(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(`select from jobs where status = 'completed'`);
    if (rowCount === companions) return;
    await pause(20);
  }
}
