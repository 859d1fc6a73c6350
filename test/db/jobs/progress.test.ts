import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { beginAttempt, note, type BegunAttempt } from '../../../src/db/jobs/attempts.ts';
import { enqueueJob, type NewJob } from '../../../src/db/jobs/enqueue.ts';
import { listStalled } from '../../../src/db/jobs/progress.ts';
import { claim } from '../../../src/db/jobs/queue.ts';
import { pauseType, resumeType } from '../../../src/db/jobs/types.ts';
import { transaction } from '../../../src/db/pool.ts';
import type { JobRules } from '../../../src/domain/job-type.ts';
import { testType, type Labelled } from '../../jobs/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const light = testType('light');
const heavy = testType('heavy', { queue: 'heavy' });
const other = testType('other-heavy', { queue: 'heavy' });
const rules = [light, heavy, other];
const limits = { ahead: { jobs: 10, heavy: 10 }, leaseMs: 60_000 };
const minute = 60_000;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
});
afterEach(() => pool.query('truncate jobs, job_types cascade'));
afterAll(() => database.drop());

const add = async (type: JobRules<Labelled>, job: Partial<NewJob<Labelled>> = {}) =>
  (await transaction(pool, (tx) => enqueueJob(tx, type, { input: {}, requestedBy: 'test', ...job }))).jobId;

/** As if all that has been done up to now had been so long ago. */
async function goesBy(agoMs: number): Promise<void> {
  const ago = `$1 * interval '1 millisecond'`;
  await pool.query(`update jobs set run_at = run_at - ${ago}, updated_at = updated_at - ${ago}`, [agoMs]);
  await pool.query(`update job_events set created_at = created_at - ${ago}`, [agoMs]);
}

const stalled = () => listStalled(pool, rules, 5 * minute);

async function begin(jobId: string, type: JobRules): Promise<BegunAttempt> {
  const begun = await beginAttempt(pool, { jobId, dispatch: 1 }, type, 'worker');
  if (!begun) throw new Error(`job ${jobId} cannot begin`);
  return begun;
}

test('a queue in which jobs have been due for long is named, with their types, and no other', async () => {
  await add(heavy);
  await add(other);
  expect(await stalled()).toEqual([]);
  await goesBy(6 * minute);
  await add(light);
  expect(await stalled()).toEqual([{ queue: 'heavy', types: ['heavy', 'other-heavy'] }]);
});

test('jobs that were handed over and do not begin are waiting ones', async () => {
  await add(heavy);
  await claim(pool, rules, limits);
  await goesBy(6 * minute);
  expect(await stalled()).toMatchObject([{ queue: 'heavy' }]);
});

test('a beginning or a word of progress anywhere in the queue is enough, and in another queue it is not', async () => {
  await add(heavy);
  const [going, elsewhere] = [await add(other), await add(light)];
  await claim(pool, rules, limits);
  await goesBy(6 * minute);
  await begin(elsewhere, light);
  expect(await stalled()).toMatchObject([{ queue: 'heavy' }]);
  const attempt = await begin(going, other);
  expect(await stalled()).toEqual([]);
  await goesBy(6 * minute);
  expect(await stalled()).toMatchObject([{ queue: 'heavy', types: ['heavy'] }]);
  await note(pool, attempt, { percent: 10, message: null, checkpoint: null });
  expect(await stalled()).toEqual([]);
});

test('jobs of a paused type, later ones and those that stand in line keep nobody waiting', async () => {
  await pauseType(pool, heavy.name, { requestedBy: 'test', reason: null });
  await add(heavy);
  await add(light, { delayMs: 60 * minute });
  const first = await add(light, { orderingKey: 'k' });
  await add(light, { orderingKey: 'k' });
  await claim(pool, rules, limits);
  await begin(first, light);
  await goesBy(6 * minute);
  expect(await stalled()).toEqual([]);
  await resumeType(pool, heavy.name);
  expect(await stalled()).toMatchObject([{ queue: 'heavy' }]);
});
