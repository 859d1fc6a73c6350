import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { acceptJob } from '../../../src/db/jobs/accept.ts';
import { enqueueJob, rowOf, type NewJob } from '../../../src/db/jobs/enqueue.ts';
import { beginAttempt, succeed } from '../../../src/db/jobs/attempts.ts';
import { letDueIn, endExpired } from '../../../src/db/jobs/due.ts';
import { cancelJob, retryJob } from '../../../src/db/jobs/commands.ts';
import { claim, claimAgain, claimLimited, knowTypes, putBack } from '../../../src/db/jobs/queue.ts';
import { pauseType, resumeType } from '../../../src/db/jobs/types.ts';
import { listUnknown, noteUnknown } from '../../../src/db/jobs/unknown-types.ts';
import { transaction } from '../../../src/db/pool.ts';
import { readJob } from '../../../src/db/jobs/read.ts';
import { batchSize, unknownType, type JobRules } from '../../../src/domain/job-type.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { testType, type Labelled } from '../../jobs/types.ts';

const plain = testType('plain');
const other = testType('other');
const heavy = testType('heavy', { queue: 'heavy' });
const two = testType('two-at-once', { concurrency: 2 });
const many = testType('many-at-once', { concurrency: 1_000 });
const forEver = testType('once-for-ever', { uniqueness: 'for_ever' });
const rules: readonly JobRules[] = [plain, other, heavy, two, many, forEver];
const limits = { ahead: { jobs: 100, heavy: 100 }, leaseMs: 60_000 };
const worker = 'worker 1@test';
const done = { status: 'completed', result: null, file: null } as const;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
  await knowTypes(pool, rules);
});
afterEach(async () => {
  await pool.query('truncate jobs cascade');
  await pool.query('update job_types set paused_at = null, paused_by = null, unknown_at = null');
});
afterAll(() => database.drop());

async function add(
  type: JobRules<Labelled>,
  label: string,
  job: Partial<NewJob<Labelled>> = {},
): Promise<string> {
  const all = { input: { label }, requestedBy: 'test', ...job };
  return (await transaction(pool, (tx) => enqueueJob(tx, type, all))).jobId;
}

/** The labels of the jobs that are taken, sorted by it. */
async function take(ahead = limits.ahead): Promise<string[]> {
  const { jobs } = await claim(pool, rules, { ...limits, ahead });
  return labelsOf(jobs);
}

/** The labels of what a dispatcher takes in one look, of all types, sorted by it. */
async function takeAll(jobs: number): Promise<string[]> {
  const ahead = { ...limits, ahead: { jobs, heavy: 1 } };
  const { jobs: free } = await claim(pool, rules, ahead);
  return labelsOf([...free, ...(await claimLimited(pool, rules, ahead))]);
}

async function labelsOf(jobs: readonly { jobId: string }[]): Promise<string[]> {
  const { rows } = await pool.query<{ label: string }>(
    `select input->>'label' as label from jobs where id = any($1::uuid[])`,
    [jobs.map(({ jobId }) => jobId)],
  );
  return rows.map(({ label }) => label).toSorted();
}

/** Does a job that has been taken. */
async function finish(jobId: string, type: JobRules): Promise<void> {
  const job = await readJob(pool, jobId);
  const begun = await beginAttempt(pool, { jobId, dispatch: job?.dispatch ?? 0 }, type, worker);
  if (!begun) throw new Error(`job ${jobId} cannot begin`);
  await succeed(pool, begun, done);
}

/** So long ago was a worker met without the type `plain`, in milliseconds. */
async function metWithout(agoMs: number): Promise<void> {
  await noteUnknown(pool, plain.name);
  await pool.query(
    `update job_types set unknown_at = clock_timestamp() - $2 * interval '1 millisecond' where name = $1`,
    [plain.name, agoMs],
  );
}

async function statusOf(jobId: string) {
  return (await readJob(pool, jobId))?.status;
}

describe('the queue', () => {
  test('gives the most urgent jobs first, then those that were due first, whatever their types', async () => {
    await add(plain, 'second');
    await add(other, 'third');
    await add(other, 'first', { priority: 5 });
    await add(plain, 'last', { priority: -1 });
    const one = { jobs: 1, heavy: 1 };
    const taken: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const { jobs } = await claim(pool, rules, { ...limits, ahead: one });
      taken.push(...(await labelsOf(jobs)));
      for (const { jobId, type } of jobs)
        await finish(
          jobId,
          rules.find(({ name }) => name === type)!,
        );
    }
    expect(taken).toEqual(['first', 'second', 'third', 'last']);
  });

  test('gives no more than may be ahead of the workers, of each task queue by itself', async () => {
    for (const label of ['a', 'b', 'c']) await add(plain, label);
    for (const label of ['x', 'y']) await add(heavy, label);
    const ahead = { jobs: 2, heavy: 1 };
    expect(await take(ahead)).toEqual(['a', 'b', 'x']);
    expect(await take(ahead)).toEqual([]);
    const [{ id }] = (await pool.query(`select id from jobs where input->>'label' = 'a'`)).rows;
    await finish(id, plain);
    expect(await take(ahead)).toEqual(['c']);
  });

  test('says whether there may be more', async () => {
    for (const label of ['a', 'b']) await add(plain, label);
    expect(await claim(pool, rules, { ...limits, ahead: { jobs: 1, heavy: 1 } })).toMatchObject({
      full: true,
    });
    expect(await claim(pool, rules, limits)).toMatchObject({ full: false });
  });

  test('leaves jobs alone whose type this process does not know', async () => {
    await add(plain, 'a');
    expect((await claim(pool, [other], limits)).jobs).toEqual([]);
  });

  test('gives a job to one of many that ask at once', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, (_, index) => add(plain, `job ${index}`)));
    const claims: string[] = [];
    while (claims.length < ids.length) {
      const taken = await Promise.all(Array.from({ length: 5 }, () => claim(pool, rules, limits)));
      claims.push(...taken.flatMap(({ jobs }) => jobs.map(({ jobId }) => jobId)));
    }
    expect(claims.toSorted()).toEqual(ids.toSorted());
  });

  test('gives what was taken and did not begin once more when its lease has ended, under the same number', async () => {
    const id = await add(plain, 'a');
    await claim(pool, rules, { ...limits, leaseMs: 0 });
    expect(await claimAgain(pool, rules, 60_000, 10)).toMatchObject([{ jobId: id, dispatch: 1 }]);
    expect(await claimAgain(pool, rules, 60_000, 10)).toEqual([]);
  });

  test('takes a job back that could not be handed over, and gives it under the next number', async () => {
    await add(plain, 'a');
    const { jobs } = await claim(pool, rules, limits);
    await putBack(pool, jobs);
    expect((await claim(pool, rules, limits)).jobs).toMatchObject([{ dispatch: 2 }]);
  });

  test('takes short jobs in batches of so many, and each other job by itself', async () => {
    const short = testType('short', { short: true });
    for (let nth = 0; nth < batchSize + 1; nth += 1) await add(short, `short ${nth}`);
    await add(plain, 'plain', { priority: -1 });
    const { jobs } = await claim(pool, [...rules, short], limits);
    const alone = jobs.filter(({ batch }) => batch === null);
    expect(await labelsOf(alone)).toEqual(['plain']);
    const batches = Map.groupBy(jobs, ({ batch }) => batch);
    batches.delete(null);
    const sizes = [...batches.values()].map((some) => some.length);
    expect([Math.max(...sizes), Math.min(...sizes), sizes.length]).toEqual([batchSize, 1, 2]);
    await pool.query('update jobs set leased_until = clock_timestamp()');
    const again = await claimAgain(pool, [...rules, short], 60_000, 100);
    const batchOf = (some: typeof jobs) => some.map(({ jobId, batch }) => `${jobId} ${batch}`).toSorted();
    expect(batchOf(again)).toEqual(batchOf(jobs));
  });

  test('gives nothing of a type that is paused, until it goes on', async () => {
    await add(plain, 'a');
    await add(other, 'b');
    await pauseType(pool, plain.name, { requestedBy: 'test', reason: null });
    expect(await take()).toEqual(['b']);
    await resumeType(pool, plain.name);
    expect(await take()).toEqual(['a']);
  });

  describe('of a type that a worker was met without', () => {
    test('gives nothing for a while, and what others have', async () => {
      await add(plain, 'a', { priority: 100 });
      await add(other, 'b');
      await metWithout(0);
      expect(await take({ jobs: 1, heavy: 1 })).toEqual(['b']);
    });

    test('gives one at a time then', async () => {
      for (const label of ['a', 'b', 'c']) await add(plain, label);
      await metWithout(unknownType.restMs);
      expect(await take()).toEqual(['a']);
      expect(await take()).toEqual([]);
      const [{ id }] = (await pool.query(`select id from jobs where input->>'label' = 'a'`)).rows;
      await finish(id, plain);
      expect(await take()).toEqual(['b']);
    });

    test('gives all that there are when none has been met for a while', async () => {
      for (const label of ['a', 'b', 'c']) await add(plain, label);
      await metWithout(unknownType.doubtMs);
      expect(await take()).toEqual(['a', 'b', 'c']);
    });

    test('hears of that once as long as it gives nothing', async () => {
      expect(await noteUnknown(pool, plain.name)).toBe(true);
      expect(await noteUnknown(pool, plain.name)).toBe(false);
      await metWithout(unknownType.restMs);
      expect(await noteUnknown(pool, plain.name)).toBe(true);
      expect(await listUnknown(pool)).toEqual([plain.name]);
      await metWithout(unknownType.doubtMs);
      expect(await listUnknown(pool)).toEqual([]);
    });
  });

  test('lets no first attempt begin of a type that is paused after the job was taken', async () => {
    const id = await add(plain, 'a');
    await claim(pool, rules, limits);
    await pauseType(pool, plain.name, { requestedBy: 'test', reason: null });
    expect(await beginAttempt(pool, { jobId: id, dispatch: 1 }, plain, worker)).toBeUndefined();
  });
});

describe('a type with a limit', () => {
  test('has no more jobs out than that, however many dispatchers ask at once', async () => {
    for (let index = 0; index < 10; index += 1) await add(two, `job ${index}`);
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimLimited(pool, rules, limits)));
    expect(claims.flat()).toHaveLength(2);
    expect(await claimLimited(pool, rules, limits)).toEqual([]);
    await finish(claims.flat()[0]!.jobId, two);
    expect(await claimLimited(pool, rules, limits)).toHaveLength(1);
  });

  test('is told of, and left alone, by the claim of the others', async () => {
    await add(two, 'a');
    expect(await claim(pool, rules, limits)).toMatchObject({ jobs: [], limited: true });
  });

  test('goes before those without one where it is more urgent, however many of them wait', async () => {
    for (let index = 0; index < 10; index += 1) await add(plain, `free ${index}`);
    for (const label of ['urgent 1', 'urgent 2', 'urgent 3']) await add(two, label, { priority: 100 });
    expect(await takeAll(4)).toEqual(['free 0', 'free 1', 'urgent 1', 'urgent 2']);
    expect(await takeAll(4)).toEqual([]);
  });

  test('goes after those without one where it is less urgent, however many of it may run at once', async () => {
    for (let index = 0; index < 10; index += 1) await add(many, `limited ${index}`);
    for (const label of ['urgent 1', 'urgent 2']) await add(plain, label, { priority: 1 });
    expect(await takeAll(3)).toEqual(['limited 0', 'urgent 1', 'urgent 2']);
    expect(await takeAll(3)).toEqual([]);
  });

  test('shares the queue with those without one by age where it is as urgent', async () => {
    for (const nth of [1, 2, 3]) {
      await add(plain, `free ${nth}`);
      await add(many, `limited ${nth}`);
    }
    expect(await takeAll(3)).toEqual(['free 1', 'free 2', 'limited 1']);
    await pool.query(`update jobs set status = 'running', leased_until = null where status = 'dispatched'`);
    expect(await takeAll(3)).toEqual(['free 3', 'limited 2', 'limited 3']);
  });

  test('holds no places for what has to wait for slots', async () => {
    for (const label of ['a', 'b', 'c', 'd']) await add(two, label, { priority: 100 });
    for (const label of ['w', 'x', 'y', 'z']) await add(plain, label);
    expect(await takeAll(4)).toEqual(['a', 'b', 'w', 'x']);
    await pool.query(`update jobs set status = 'running', leased_until = null where status = 'dispatched'`);
    expect(await takeAll(4)).toEqual(['y', 'z']);
  });

  test('counts where it is said whether there may be more', async () => {
    for (const label of ['a', 'b']) await add(two, label);
    await add(plain, 'c');
    const ahead = { jobs: 3, heavy: 1 };
    expect(await claim(pool, rules, { ...limits, ahead })).toMatchObject({ full: true, limited: true });
  });
});

describe('an ordering key', () => {
  const key = { orderingKey: 'customer 7' };

  test('lets one job out at a time, in the order in which they are due, whatever their types', async () => {
    const first = await add(plain, 'first', key);
    await add(other, 'second', key);
    await add(plain, 'third', { ...key, priority: 100 });
    await add(plain, 'of another key', { orderingKey: 'customer 8' });
    expect(await take()).toEqual(['first', 'of another key']);
    expect(await take()).toEqual([]);
    await finish(first, plain);
    expect(await take()).toEqual(['second']);
  });

  test('lets the next one go when the one before is cancelled', async () => {
    const first = await add(plain, 'first', key);
    const second = await add(plain, 'second', key);
    expect(await statusOf(second)).toBe('blocked');
    await transaction(pool, (tx) => cancelJob(tx, { jobId: first, requestedBy: 'test', reason: null }));
    expect(await statusOf(second)).toBe('ready');
  });

  test('counts from when a job is due, so that a later one holds up nobody now', async () => {
    const later = await add(plain, 'later', { ...key, delayMs: 60_000 });
    await add(plain, 'now', key);
    expect(await take()).toEqual(['now']);
    await pool.query(`update jobs set run_at = now() where id = $1`, [later]);
    await letDueIn(pool, 10);
    expect(await statusOf(later)).toBe('blocked');
  });

  test('never lets two out, nor forgets one, when many are accepted and end at once', async () => {
    const ids: string[] = [];
    const adding = Promise.all(
      Array.from({ length: 20 }, async (_, index) => ids.push(await add(plain, `job ${index}`, key))),
    );
    let ended = 0;
    while (ended < 20) {
      const { jobs } = await claim(pool, rules, limits);
      expect(jobs.length).toBeLessThanOrEqual(1);
      for (const { jobId } of jobs) await finish(jobId, plain);
      ended += jobs.length;
    }
    await adding;
    expect(await Promise.all(ids.map(statusOf))).toEqual(Array.from({ length: 20 }, () => 'completed'));
  });
});

describe('a unique key', () => {
  test('stands for the job that has it, until that has ended', async () => {
    const first = await add(plain, 'first', { uniqueKey: 'k' });
    expect(await add(plain, 'again', { uniqueKey: 'k' })).toBe(first);
    expect(await add(other, 'of another type', { uniqueKey: 'k' })).not.toBe(first);
    await take();
    await finish(first, plain);
    expect(await add(plain, 'later', { uniqueKey: 'k' })).not.toBe(first);
  });

  test('stands for it for ever where the type says so', async () => {
    const first = await add(forEver, 'first', { uniqueKey: 'k' });
    await take();
    await finish(first, forEver);
    expect(await add(forEver, 'again', { uniqueKey: 'k' })).toBe(first);
  });

  test('makes one job of many that ask at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, index) => add(plain, `job ${index}`, { uniqueKey: 'k' })),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test('keeps a job from being retried while another one has it', async () => {
    const first = await add(plain, 'first', { uniqueKey: 'k' });
    const command = { jobId: first, requestedBy: 'test', reason: null };
    await transaction(pool, (tx) => cancelJob(tx, command));
    await add(plain, 'second', { uniqueKey: 'k' });
    await expect(transaction(pool, (tx) => retryJob(tx, command))).rejects.toMatchObject({
      type: 'CommandRefused',
    });
  });

  test('is for one of those that are retried at once', async () => {
    const commands = [];
    for (const label of ['first', 'second', 'third', 'fourth']) {
      const jobId = await add(plain, label, { uniqueKey: 'k' });
      const command = { jobId, requestedBy: 'test', reason: null };
      await transaction(pool, (tx) => cancelJob(tx, command));
      commands.push(command);
    }
    const outcomes = await Promise.allSettled(
      commands.map((command) =>
        transaction(pool, async (tx) => {
          const outcome = await retryJob(tx, command);
          // The others come as far as they get.
          await tx.query('select pg_sleep(0.2)');
          return outcome;
        }),
      ),
    );
    const refusals = outcomes.filter(({ status }) => status === 'rejected');
    const refusal = { reason: { type: 'CommandRefused' } };
    expect(refusals).toMatchObject([refusal, refusal, refusal]);
  });
});

describe('the clock', () => {
  test('lets a job in when it is due, and not before', async () => {
    const soon = await add(plain, 'soon', { delayMs: 100 });
    const late = await add(plain, 'late', { runAt: new Date(Date.now() + 3_600_000) });
    expect([await statusOf(soon), await statusOf(late)]).toEqual(['scheduled', 'scheduled']);
    await expect.poll(() => letDueIn(pool, 10)).toBe(1);
    expect([await statusOf(soon), await statusOf(late)]).toEqual(['ready', 'scheduled']);
  });

  test('ends a job that nobody began while it was worth it, and tells nobody of it', async () => {
    const id = await add(plain, 'a', { expiresAt: new Date(Date.now() - 1) });
    expect(await take()).toEqual([]);
    expect(await endExpired(pool, 10)).toMatchObject([{ jobId: id, status: 'failed' }]);
    expect(await readJob(pool, id)).toMatchObject({ status: 'failed', errorType: 'JobExpired', attempts: 0 });
  });
});

test('a job whose input is too large is refused, with the limit', async () => {
  const label = 'x'.repeat(64 * 1024);
  await expect(add(plain, label)).rejects.toMatchObject({
    type: 'JobPayloadTooLarge',
    message: expect.stringContaining('65536'),
  });
});

const answerTo = (jobId: string) => ({ status: 202, headers: {}, body: { jobId } });

test('a job with its event and the kept answer is one statement', async () => {
  const statements = vi.spyOn(pool, 'query');
  const row = rowOf(plain, { input: {}, requestedBy: 'test' });
  const request = { scope: 'test', key: 'k', bodyHash: Buffer.alloc(32) };
  expect(await acceptJob(pool, row, request, answerTo)).toMatchObject({ outcome: 'answered', replay: false });
  expect(statements).toHaveBeenCalledTimes(1);
  statements.mockRestore();
  const { rows } = await pool.query('select type from job_events where job_id = $1', [row.id]);
  expect(rows).toEqual([{ type: 'job.queued' }]);
  const rival = rowOf(plain, { input: {}, requestedBy: 'test' });
  expect(await acceptJob(pool, rival, request, answerTo)).toMatchObject({
    replay: true,
    answer: { body: { jobId: row.id } },
  });
  expect(await readJob(pool, rival.id)).toBeUndefined();
});
