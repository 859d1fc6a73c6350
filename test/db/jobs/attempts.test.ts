import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sql from 'sql-template-tag';
import { enqueueJob, type NewJob } from '../../../src/db/jobs/enqueue.ts';
import * as attempts from '../../../src/db/jobs/attempts.ts';
import type { BegunAttempt } from '../../../src/db/jobs/attempts.ts';
import { cancelJob, retryJob } from '../../../src/db/jobs/commands.ts';
import { claim } from '../../../src/db/jobs/queue.ts';
import { settle, takeOver } from '../../../src/db/jobs/takeover.ts';
import { pauseType, resumeType } from '../../../src/db/jobs/types.ts';
import { execute, transaction } from '../../../src/db/pool.ts';
import { readJob } from '../../../src/db/jobs/read.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { testType, type Labelled } from '../../jobs/types.ts';

const plain = testType('plain');
const brief = testType('brief', { short: true });
const limits = { ahead: { jobs: 1_000, heavy: 1 }, leaseMs: 60_000 };
const done = { status: 'completed', result: { rows: 3 }, file: null } as const;
const error = { type: 'ProviderUnavailable', detail: 'no answer' };
const by = { requestedBy: 'test', reason: null };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
});
afterAll(() => database.drop());

async function add(job: Partial<NewJob<Labelled>> = {}, type = plain): Promise<string> {
  const all = { input: {}, requestedBy: 'test', ...job };
  return (await transaction(pool, (tx) => enqueueJob(tx, type, all))).jobId;
}

/** A job whose first attempt has begun. */
async function begin(job: Partial<NewJob<Labelled>> = {}, type = plain): Promise<BegunAttempt> {
  const jobId = await add(job, type);
  await claim(pool, [type], limits);
  const begun = await attempts.beginAttempt(pool, { jobId, dispatch: 1 }, type, 'one');
  if (!begun) throw new Error('the first attempt did not begin');
  return begun;
}

/** The worker of the attempt was lost, and another one goes on. */
async function overtake({ jobId }: BegunAttempt): Promise<BegunAttempt> {
  const taken = await takeOver(pool, { jobId, dispatch: 1 }, plain, 'two');
  if (taken.outcome !== 'begun') throw new Error(`taken over: ${taken.outcome}`);
  return taken.attempt;
}

describe('an attempt that another one has overtaken', () => {
  test('can write nothing down any more', async () => {
    const first = await begin();
    const second = await overtake(first);
    expect(second).toMatchObject({ attempt: 2, turn: 2 });
    expect(await attempts.note(pool, first, { percent: 50, message: null, checkpoint: '1' })).toBe('lost');
    expect(await attempts.succeed(pool, first, done)).toBeUndefined();
    expect(await attempts.fail(pool, first, 'failed', error, 10)).toBe(false);
    expect(
      await attempts.failForGood(pool, first, 'failed', error, { status: 'dead', error }),
    ).toBeUndefined();
    expect(await readJob(pool, first.jobId)).toMatchObject({ status: 'running', progressPercent: null });
  });

  test('commits nothing of what it has to commit with its end', async () => {
    const first = await begin();
    await overtake(first);
    await execute(pool, sql`create table if not exists effects (job_id uuid)`);
    await attempts.succeed(pool, first, done, async (tx) => {
      await execute(tx, sql`insert into effects values (${first.jobId})`);
    });
    const { rowCount } = await pool.query('select from effects where job_id = $1', [first.jobId]);
    expect(rowCount).toBe(0);
  });

  test('is kept as lost, and counts', async () => {
    const first = await begin();
    await overtake(first);
    expect((await readJob(pool, first.jobId))?.failedAttempts).toMatchObject([
      { attempt: 1, outcome: 'lost', errorType: 'JobWorkerLost' },
    ]);
  });

  test('makes a job dead where it was the last one', async () => {
    let current = await begin();
    current = await overtake(await overtake(current));
    const taken = await takeOver(pool, { jobId: current.jobId, dispatch: 1 }, plain, 'two');
    expect(taken).toMatchObject({ outcome: 'ended', ended: { status: 'dead', attempts: 3 } });
  });
});

test('an end whose reply was lost is written once, and counts when it is written again', async () => {
  const begun = await begin();
  const ended = await attempts.succeed(pool, begun, done);
  expect(await attempts.succeed(pool, begun, done)).toEqual(ended);
  const { rows } = await pool.query(
    `select type from job_events where job_id = $1 and type = 'job.completed'`,
    [begun.jobId],
  );
  expect(rows).toHaveLength(1);
});

describe('a failure whose reply was lost', () => {
  test('is written once, and has its next attempt when it is written again', async () => {
    const begun = await begin();
    expect(await attempts.fail(pool, begun, 'failed', error, 10)).toBe(true);
    expect(await attempts.fail(pool, begun, 'failed', error, 10)).toBe(true);
    const { rows } = await pool.query(
      `select type from job_events where job_id = $1 and type = 'job.attempt_failed'`,
      [begun.jobId],
    );
    expect(rows).toHaveLength(1);
  });

  test('has none where the job was cancelled or put back meanwhile, or another attempt has begun', async () => {
    const cancelled = await begin();
    await attempts.fail(pool, cancelled, 'failed', error, 10);
    await transaction(pool, (tx) => cancelJob(tx, { jobId: cancelled.jobId, ...by }));
    expect(await attempts.fail(pool, cancelled, 'failed', error, 10)).toBe(false);
    const back = await begin();
    await attempts.fail(pool, back, 'failed', error, 10);
    await settle(pool, { jobId: back.jobId, dispatch: 1 }, 'lost', 3);
    expect(await attempts.fail(pool, back, 'failed', error, 10)).toBe(false);
    const overtaken = await begin();
    await attempts.fail(pool, overtaken, 'failed', error, 10);
    await overtake(overtaken);
    expect(await attempts.fail(pool, overtaken, 'failed', error, 10)).toBe(false);
  });
});

test('a run that no longer counts begins nothing', async () => {
  const jobId = await add();
  await claim(pool, [plain], limits);
  await settle(pool, { jobId, dispatch: 1 }, 'lost', 3);
  await claim(pool, [plain], limits);
  expect(await attempts.beginAttempt(pool, { jobId, dispatch: 1 }, plain, 'one')).toBeUndefined();
  expect(await takeOver(pool, { jobId, dispatch: 1 }, plain, 'one')).toEqual({ outcome: 'gone' });
  expect(await attempts.beginAttempt(pool, { jobId, dispatch: 2 }, plain, 'one')).toMatchObject({
    attempt: 1,
  });
});

test('an attempt that is handed over does not count', async () => {
  const begun = await begin();
  await attempts.handOver(pool, begun);
  const again = await attempts.beginAttempt(pool, { jobId: begun.jobId, dispatch: 1 }, plain, 'two');
  expect(again).toMatchObject({ attempt: 1, turn: 2 });
});

test('a checkpoint is there for the next attempt, and gone in the next round', async () => {
  const first = await begin();
  await attempts.note(pool, first, { percent: null, message: null, checkpoint: '{"cursor":7}' });
  const second = await overtake(first);
  expect(second.checkpoint).toEqual({ cursor: 7 });
  await attempts.failForGood(pool, second, 'failed', error, { status: 'dead', error });
  await transaction(pool, (tx) => retryJob(tx, { jobId: first.jobId, ...by }));
  expect(await readJob(pool, first.jobId)).toMatchObject({ status: 'ready', round: 2, attempts: 0 });
  await claim(pool, [plain], limits);
  const third = await attempts.beginAttempt(pool, { jobId: first.jobId, dispatch: 2 }, plain, 'one');
  expect(third).toMatchObject({ checkpoint: null, attempt: 1, round: 2 });
});

test('a job that has been tried in its run is not begun by who makes first attempts only', async () => {
  const begun = await begin();
  await attempts.fail(pool, begun, 'failed', error, 0);
  const ref = { jobId: begun.jobId, dispatch: 1 };
  expect(await attempts.beginAttempt(pool, ref, plain, 'two', true)).toBeUndefined();
  expect(await takeOver(pool, ref, plain, 'two', true)).toEqual({ outcome: 'tried_before' });
  expect(await attempts.beginAttempt(pool, ref, plain, 'two')).toMatchObject({ attempt: 2 });
});

describe('a cancel', () => {
  test('ends a job that waits at once', async () => {
    const jobId = await add();
    const accepted = await transaction(pool, (tx) => cancelJob(tx, { jobId, ...by }));
    expect(accepted).toMatchObject({ outcome: 'accepted', ended: { status: 'cancelled' } });
  });

  test('of a job that is being tried wins over its success, and over what would be committed with it', async () => {
    const begun = await begin();
    await transaction(pool, (tx) => cancelJob(tx, { jobId: begun.jobId, ...by }));
    expect(await attempts.note(pool, begun, { percent: 1, message: null, checkpoint: null })).toBe(
      'cancelled',
    );
    expect(await attempts.succeed(pool, begun, done)).toBeUndefined();
    expect(await attempts.endCancelled(pool, begun, false)).toMatchObject({ status: 'cancelled' });
    expect(await readJob(pool, begun.jobId)).toMatchObject({ status: 'cancelled', result: null });
  });

  test('comes too late for a job that has ended, and changes nothing when it is asked for again', async () => {
    const begun = await begin();
    await attempts.succeed(pool, begun, done);
    await expect(
      transaction(pool, (tx) => cancelJob(tx, { jobId: begun.jobId, ...by })),
    ).rejects.toMatchObject({ type: 'CommandRefused' });
    const jobId = await add();
    await transaction(pool, (tx) => cancelJob(tx, { jobId, ...by }));
    expect(await transaction(pool, (tx) => cancelJob(tx, { jobId, ...by }))).toEqual({
      outcome: 'accepted_before',
    });
  });

  test.each([plain, brief])(
    'ends a $name job that waits for its next attempt, and has its run told',
    async (type) => {
      const begun = await begin({}, type);
      await attempts.fail(pool, begun, 'failed', error, 60_000);
      const { jobId } = begun;
      const ref = { jobId, dispatch: 1 };
      await transaction(pool, (tx) => cancelJob(tx, { jobId, ...by }));
      const job = await readJob(pool, jobId);
      expect(job).toMatchObject({ status: 'cancelled' });
      const { rows } = await pool.query(
        `select payload from outbox where kind = 'cancel_job' and lane = $1`,
        [`job:${jobId}`],
      );
      // The run that is told is started by that of the batch, where there was one.
      expect(rows).toEqual([{ payload: { ...ref, startedBy: job?.batch } }]);
      expect(await takeOver(pool, ref, type, 'one')).toEqual({ outcome: 'gone' });
    },
  );
});

test('a repeat of a paused type goes back into the queue, with the attempts that it has had', async () => {
  const begun = await begin();
  await attempts.fail(pool, begun, 'failed', error, 0);
  const ref = { jobId: begun.jobId, dispatch: 1 };
  await pauseType(pool, plain.name, by);
  expect(await attempts.beginAttempt(pool, ref, plain, 'one')).toBeUndefined();
  expect(await takeOver(pool, ref, plain, 'one')).toEqual({ outcome: 'put_back' });
  await resumeType(pool, plain.name);
  expect(await readJob(pool, begun.jobId)).toMatchObject({ status: 'ready', attempts: 1 });
});

test('a repeat of a type with a limit waits for a slot in the queue', async () => {
  const one = testType('one-at-once', { concurrency: 1 });
  const jobId = await transaction(pool, (tx) => enqueueJob(tx, one, { input: {}, requestedBy: 'test' }));
  await pool.query(`insert into job_types (name) values ('one-at-once')`);
  const { claimLimited } = await import('../../../src/db/jobs/queue.ts');
  await claimLimited(pool, [one], limits);
  const begun = await attempts.beginAttempt(pool, { jobId: jobId.jobId, dispatch: 1 }, one, 'one');
  await attempts.fail(pool, begun!, 'failed', error, 0);
  await transaction(pool, (tx) => enqueueJob(tx, one, { input: {}, requestedBy: 'test' }));
  expect(await claimLimited(pool, [one], limits)).toHaveLength(1);
  expect(await takeOver(pool, { jobId: jobId.jobId, dispatch: 1 }, one, 'one')).toEqual({
    outcome: 'put_back',
  });
});

test('a job that has had all its time is dead at its next attempt', async () => {
  const begun = await begin();
  await attempts.fail(pool, begun, 'failed', error, 0);
  await pool.query(`update jobs set deadline_at = now() - interval '1 second' where id = $1`, [begun.jobId]);
  const ref = { jobId: begun.jobId, dispatch: 1 };
  expect(await attempts.beginAttempt(pool, ref, plain, 'one')).toBeUndefined();
  expect(await takeOver(pool, ref, plain, 'one')).toMatchObject({
    outcome: 'ended',
    ended: { status: 'dead', failureType: 'JobDeadlineExceeded' },
  });
});

test('a dead job raises one alert a round', async () => {
  const begun = await begin();
  await attempts.failForGood(pool, begun, 'failed', error, { status: 'dead', error });
  const { rows } = await pool.query(
    `select facts from operator_alerts where type = 'job.dead' and facts->>'jobId' = $1`,
    [begun.jobId],
  );
  expect(rows).toMatchObject([{ facts: { type: 'plain', attempts: 1, errorType: 'ProviderUnavailable' } }]);
});

test('a callback is owed in the commit that ends the job', async () => {
  const begun = await begin({ callbackUrl: 'https://shop.example/hooks' });
  await attempts.succeed(pool, begun, done);
  const { rows } = await pool.query(`select type, data from webhook_deliveries where data->>'jobId' = $1`, [
    begun.jobId,
  ]);
  expect(rows).toMatchObject([
    { type: 'job.completed', data: { status: 'completed', result: { rows: 3 }, error: null } },
  ]);
});
