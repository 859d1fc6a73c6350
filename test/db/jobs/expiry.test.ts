import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueueJob } from '../../../src/db/jobs/enqueue.ts';
import { beginAttempt, fail } from '../../../src/db/jobs/attempts.ts';
import { endExpired } from '../../../src/db/jobs/due.ts';
import { claim } from '../../../src/db/jobs/queue.ts';
import { takeOver } from '../../../src/db/jobs/takeover.ts';
import { pauseType, resumeType } from '../../../src/db/jobs/types.ts';
import { transaction } from '../../../src/db/pool.ts';
import { readJob } from '../../../src/db/jobs/read.ts';
import { testType } from '../../jobs/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const plain = testType('plain');
const limits = { ahead: { jobs: 1_000, heavy: 1 }, leaseMs: 60_000 };
const error = { type: 'ProviderUnavailable', detail: 'no answer' };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
});
afterAll(() => database.drop());

/** A job that is handed over while it is worth it. */
async function handOver(): Promise<string> {
  const expiresAt = new Date(Date.now() + 60_000);
  const job = { input: {}, requestedBy: 'test', expiresAt };
  const { jobId } = await transaction(pool, (tx) => enqueueJob(tx, plain, job));
  const { jobs } = await claim(pool, [plain], limits);
  expect(jobs.map((one) => one.jobId)).toEqual([jobId]);
  return jobId;
}

/** Its time passes. */
async function expire(jobId: string): Promise<void> {
  await pool.query('update jobs set expires_at = clock_timestamp() where id = $1', [jobId]);
}

test('a job that was handed over in time is not begun too late', async () => {
  const jobId = await handOver();
  await expire(jobId);
  const ref = { jobId, dispatch: 1 };
  expect(await beginAttempt(pool, ref, plain, 'one')).toBeUndefined();
  expect(await takeOver(pool, ref, plain, 'one')).toMatchObject({ outcome: 'ended' });
  expect(await readJob(pool, jobId)).toMatchObject({
    status: 'failed',
    errorType: 'JobExpired',
    attempts: 0,
  });
});

test('a job that has begun goes on after that, even where it waits in the queue again', async () => {
  const jobId = await handOver();
  const ref = { jobId, dispatch: 1 };
  const first = await beginAttempt(pool, ref, plain, 'one');
  if (!first) throw new Error('it did not begin');
  await fail(pool, first, 'failed', error, 0);
  await pauseType(pool, plain.name, { requestedBy: 'test', reason: null });
  expect(await takeOver(pool, ref, plain, 'one')).toMatchObject({ outcome: 'put_back' });
  await resumeType(pool, plain.name);
  await expire(jobId);
  expect(await endExpired(pool, 10)).toEqual([]);
  expect((await claim(pool, [plain], limits)).jobs).toMatchObject([{ jobId, dispatch: 2 }]);
  expect(await beginAttempt(pool, { ...ref, dispatch: 2 }, plain, 'two')).toMatchObject({ attempt: 2 });
});
