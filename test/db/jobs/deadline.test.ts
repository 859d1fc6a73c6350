import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueueJob } from '../../../src/db/jobs/enqueue.ts';
import { beginAttempt, fail, type BegunAttempt } from '../../../src/db/jobs/attempts.ts';
import { claim, claimLimited, knowTypes } from '../../../src/db/jobs/queue.ts';
import { takeOver } from '../../../src/db/jobs/takeover.ts';
import { pauseType, resumeType } from '../../../src/db/jobs/types.ts';
import { transaction } from '../../../src/db/pool.ts';
import { testType } from '../../jobs/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const plain = testType('plain');
const one = testType('one-at-once', { concurrency: 1 });
const limits = { ahead: { jobs: 1_000, heavy: 1 }, leaseMs: 60_000 };
const error = { type: 'ProviderUnavailable', detail: 'no answer' };
const by = { requestedBy: 'test', reason: null };
const hourMs = 60 * 60 * 1_000;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
  await knowTypes(pool, [one]);
});
afterAll(() => database.drop());

async function enqueue(type: typeof plain): Promise<string> {
  return (await transaction(pool, (tx) => enqueueJob(tx, type, { input: {}, requestedBy: 'test' }))).jobId;
}

async function begin(jobId: string, dispatch: number, type = plain): Promise<BegunAttempt> {
  const begun = await beginAttempt(pool, { jobId, dispatch }, type, 'one');
  if (!begun) throw new Error(`run ${dispatch} of job ${jobId} begins nothing`);
  return begun;
}

/** A job of a paused type that waits in the queue, its first attempt failed. */
async function putBackByPause(): Promise<BegunAttempt> {
  const jobId = await enqueue(plain);
  await claim(pool, [plain], limits);
  const begun = await begin(jobId, 1);
  await fail(pool, begun, 'failed', error, 0);
  await pauseType(pool, plain.name, by);
  expect(await takeOver(pool, { jobId, dispatch: 1 }, plain, 'one')).toEqual({ outcome: 'put_back' });
  return begun;
}

const ago = (ms: number) => `interval '${ms} milliseconds'`;

/** Has both the pause and the wait in the queue have begun so long ago, and the deadline be as far gone. */
async function wait(jobId: string, since: { readonly pausedMs: number; readonly waitingMs: number }) {
  await pool.query(
    `update job_types set paused_at = paused_at - ${ago(since.pausedMs)} where name = 'plain'`,
  );
  await pool.query(
    `update jobs set updated_at = updated_at - ${ago(since.waitingMs)},
       deadline_at = deadline_at - ${ago(since.waitingMs)}
     where id = $1`,
    [jobId],
  );
}

test('the wait for a slot counts, and gives a job that has been tried no new deadline', async () => {
  const jobId = await enqueue(one);
  await claimLimited(pool, [one], limits);
  const first = await begin(jobId, 1, one);
  await fail(pool, first, 'failed', error, 0);
  await enqueue(one);
  const [other] = await claimLimited(pool, [one], limits);
  expect(await takeOver(pool, { jobId, dispatch: 1 }, one, 'one')).toEqual({ outcome: 'put_back' });
  await pool.query(`update jobs set deadline_at = deadline_at - interval '20 seconds' where id = $1`, [
    jobId,
  ]);
  await pool.query(`update jobs set status = 'ready', holds_slot = false where id = $1`, [other?.jobId]);
  expect(await claimLimited(pool, [one], limits)).toMatchObject([{ jobId, dispatch: 2 }]);
  const second = await begin(jobId, 2, one);
  expect(second.leftMs).toBeLessThanOrEqual(first.leftMs - 20_000);
});

test('a job that has waited beyond its deadline is dead when it is taken out of the queue', async () => {
  const { jobId } = await putBackByPause();
  await resumeType(pool, plain.name);
  await pool.query(`update jobs set deadline_at = now() - interval '1 second' where id = $1`, [jobId]);
  await claim(pool, [plain], limits);
  const ref = { jobId, dispatch: 2 };
  expect(await beginAttempt(pool, ref, plain, 'one')).toBeUndefined();
  expect(await takeOver(pool, ref, plain, 'one')).toMatchObject({
    outcome: 'ended',
    ended: { status: 'dead', failureType: 'JobDeadlineExceeded' },
  });
});

test.each([
  { what: 'the pause of its type', since: { pausedMs: 2 * hourMs, waitingMs: hourMs }, lostMs: 0 },
  {
    what: 'the pause of its type, but not the wait before',
    since: { pausedMs: hourMs - 20_000, waitingMs: hourMs },
    lostMs: 20_000,
  },
])('a job that waits in the queue is given $what', async ({ since, lostMs }) => {
  const { jobId, leftMs } = await putBackByPause();
  await wait(jobId, since);
  await Promise.all([resumeType(pool, plain.name), resumeType(pool, plain.name)]);
  await resumeType(pool, plain.name);
  await claim(pool, [plain], limits);
  const second = await begin(jobId, 2);
  expect(second.leftMs).toBeLessThanOrEqual(leftMs - lostMs);
  expect(second.leftMs).toBeGreaterThan(leftMs - lostMs - 10_000);
});
