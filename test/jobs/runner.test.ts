import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  registerJob,
  type JobHandler,
  type JobOutcome,
  type JobRun,
} from '../../src/activities/jobs/job-handler.ts';
import { runAttempt, type Attempted, type AttemptHost } from '../../src/activities/jobs/runner.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import { enqueueJob } from '../../src/db/jobs/enqueue.ts';
import { claim } from '../../src/db/jobs/queue.ts';
import { transaction } from '../../src/db/pool.ts';
import { readJob } from '../../src/db/jobs/read.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { rigVariables } from './rig.ts';
import { testType, type Labelled } from './types.ts';

const failing = testType('failing');
const registered = registerJob(failing, async () => {
  throw new TypeError('not yet');
});
/** The next attempt comes after 15 seconds at the earliest. */
const slowly = { maxAttempts: 3, backoff: { firstMs: 30_000, factor: 1, maxMs: 30_000 } };
const limits = { ahead: { jobs: 1_000, heavy: 1 }, leaseMs: 60_000 };

let database: TestDatabase;
let pool: Pool;
let worker: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  worker = createContext(loadConfig({ ...rigVariables, DATABASE_URL: database.url }), 'worker');
  ({ pool } = worker);
});
afterAll(async () => {
  await worker.close();
  await database.drop();
});

/** A job that has been handed over. */
async function dispatched(): Promise<string> {
  const { jobId } = await transaction(pool, (tx) =>
    enqueueJob(tx, failing, { input: {}, requestedBy: 'test' }),
  );
  await claim(pool, [failing], limits);
  return jobId;
}

async function attempt(jobId: string, { short = false, db = pool } = {}): Promise<Attempted> {
  const host = { short, onStop: () => undefined };
  return runAttempt({ ...workerParts(worker), pool: db }, registered, { jobId, dispatch: 1 }, host);
}

/** The database, whose connection breaks after the first statement with this in it has been carried out. */
function losingReplyTo(part: string): Pool {
  let lost = false;
  async function query(statement: { text: string }): Promise<unknown> {
    const reply = await pool.query(statement);
    if (lost || !statement.text.includes(part)) return reply;
    lost = true;
    throw new Error('Connection terminated unexpectedly');
  }
  return new Proxy(pool, {
    get: (target, property) => (property === 'query' ? query : Reflect.get(target, property)),
  });
}

test.each([
  { which: 'an attempt', short: false },
  { which: 'a first attempt in a batch', short: true },
])('$which that fails is followed by another one where the reply to that was lost', async ({ short }) => {
  const jobId = await dispatched();
  const attempted = await attempt(jobId, { short, db: losingReplyTo('with failed as') });
  expect(attempted).toMatchObject({ outcome: 'again', failure: { type: 'TypeError' } });
  expect(await readJob(pool, jobId)).toMatchObject({
    status: 'running',
    attempts: 1,
    failedAttempts: [{ attempt: 1, outcome: 'failed' }],
  });
});

test.each([
  { clock: 'fast', byMs: 50 * 60_000 },
  { clock: 'slow', byMs: -50 * 60_000 },
])("a worker's $clock clock takes no time from a job and gives it none", async ({ byMs }) => {
  const jobId = await dispatched();
  const tellFailed = vi.spyOn(worker.events, 'jobAttemptFailed');
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
  expect(await attempt(jobId)).toMatchObject({ outcome: 'again' });
  const durationMs = tellFailed.mock.lastCall?.[0].durationMs ?? -1;
  expect(durationMs).toBeGreaterThanOrEqual(0);
  expect(durationMs).toBeLessThan(60_000);
});

test('an attempt that is told to stop before its handler begins is given up all the same', async () => {
  const deaf = registerJob(failing, async () => new Promise(() => undefined));
  const jobId = await dispatched();
  const host: AttemptHost = { short: true, onStop: (tell) => tell('cancelled') };
  expect(await runAttempt(workerParts(worker), deaf, { jobId, dispatch: 1 }, host)).toEqual({
    outcome: 'ended',
  });
  expect(await readJob(pool, jobId)).toMatchObject({
    status: 'cancelled',
    failedAttempts: [{ outcome: 'cancelled' }],
  });
});

test('a job whose deadline comes before its next attempt is dead at once, by whatever clock', async () => {
  const late = { ...registered, type: testType('failing', { deadlineMs: 10_000, retry: slowly }) };
  const jobId = await dispatched();
  const ref = { jobId, dispatch: 1 };
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 60_000);
  const host = { short: false, onStop: () => undefined };
  expect(await runAttempt(workerParts(worker), late, ref, host)).toEqual({ outcome: 'ended' });
  expect(await readJob(pool, jobId)).toMatchObject({ status: 'dead', errorType: 'JobDeadlineExceeded' });
});

async function untilTold({ signal }: JobRun<Labelled>): Promise<JobOutcome> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw signal.reason;
}

describe('a handler that had to stop', () => {
  const brief = testType('failing', { attemptTimeoutMs: 100 });

  /** Whether it is told of as left behind. */
  async function leftBehind(handle: JobHandler<Labelled>): Promise<boolean> {
    const tell = vi.spyOn(worker.events, 'jobHandlerLeftBehind');
    const host = { short: true, onStop: () => undefined };
    const ref = { jobId: await dispatched(), dispatch: 1 };
    // In a batch, where it has a quarter of a second to let go in.
    await runAttempt(workerParts(worker), registerJob(brief, handle), ref, host);
    return tell.mock.calls.some(([{ jobId }]) => jobId === ref.jobId);
  }

  test('and works on is told of', async () => {
    const go = Promise.withResolvers<JobOutcome>();
    expect(await leftBehind(() => go.promise)).toBe(true);
    go.resolve({});
  });

  test('and lets go is not', async () => {
    expect(await leftBehind(untilTold)).toBe(false);
  });
});
