import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanupJob } from '../../src/activities/jobs/cleanup/handler.ts';
import { leftoverNames } from '../../src/activities/jobs/cleanup/leftovers.ts';
import { cleanup } from '../../src/activities/jobs/cleanup/type.ts';
import { newId } from '../../src/domain/new-id.ts';
import { startJobRig, type JobRig } from '../jobs/rig.ts';

let rig: JobRig;
let filesDir: string;
beforeAll(async () => {
  filesDir = mkdtempSync(join(tmpdir(), 'cleanup-'));
  rig = await startJobRig([cleanupJob], {
    variables: { FILES_URL: `file://${filesDir}`, CLEANUP_BATCH: '7' },
  });
  await rig.pool.query(`
    create table removals (rows integer);
    create function note_removal() returns trigger language plpgsql as
      $$ begin insert into removals select count(*) from gone; return null; end $$;
    create trigger note_removal after delete on idempotency_keys referencing old table as gone
      for each statement execute function note_removal()`);
});
afterAll(async () => {
  await rig.close();
  rmSync(filesDir, { recursive: true });
});
beforeEach(() =>
  rig.pool.query('truncate jobs, idempotency_keys, provider_events, activity_attempts, removals cascade'),
);

async function clean(input: object = {}): Promise<Record<string, number>> {
  const jobId = await rig.enqueue(cleanup, { input: cleanup.input.parse(input) });
  const { status, result } = await rig.until(jobId, 'completed', 'failed', 'dead');
  expect(status).toBe('completed');
  return z.object({ removed: z.record(z.string(), z.number()) }).parse(result).removed;
}

async function answers(count: number, age: string): Promise<void> {
  await rig.pool.query(
    `insert into idempotency_keys (scope, key, body_hash, response_status, response_body, created_at)
     select 'test', gen_random_uuid()::text, '', 202, '{}', now() - $2::interval from generate_series(1, $1)`,
    [count, age],
  );
}

/** A job that ended so long ago. */
async function ended(age: string, changes: Record<string, unknown> = {}): Promise<string> {
  const id = newId();
  await rig.pool.query(
    `insert into jobs (id, type, status, input, requested_by, finished_at)
     values ($1, 'old', 'completed', '{}', 'test', now() - $2::interval)`,
    [id, age],
  );
  for (const [column, value] of Object.entries(changes))
    await rig.pool.query(`update jobs set ${column} = $2 where id = $1`, [id, value]);
  return id;
}

/** A job that died so long ago. */
async function died(age: string): Promise<string> {
  const id = newId();
  await rig.pool.query(
    `insert into jobs (id, type, status, input, requested_by, finished_at, error_type, error_detail)
     values ($1, 'old', 'dead', '{}', 'test', now() - $2::interval, 'X', 'x')`,
    [id, age],
  );
  return id;
}

const count = async (table: string): Promise<number> =>
  (await rig.pool.query(`select count(*)::integer as count from ${table}`)).rows[0].count;

test.each([
  ['its input says', { batchSize: 10 }, [10, 10, 3]],
  ['the worker is configured', {}, [7, 7, 7, 2]],
])('removes in batches as %s', async (_, input, batches) => {
  await answers(23, '3 days');
  expect(await clean(input)).toMatchObject({ idempotencyKeys: 23 });
  const { rows } = await rig.pool.query<{ rows: number }>('select rows from removals');
  expect(rows.map((removal) => removal.rows)).toEqual(batches);
});

test('removes what has had its time and nothing else, and says how much there was', async () => {
  await answers(23, '3 days');
  await answers(4, '25 hours');
  await rig.pool.query(
    `insert into provider_events (provider, event_id, type, received_at)
     select 'stripe', gen_random_uuid()::text, 'x', now() - age from
       (values (interval '91 days'), (interval '89 days')) as given (age)`,
  );
  await rig.pool.query(
    `insert into activity_attempts (order_id, run_id, activity, attempt, local, failure_type, failure_message, worker,
       started_at, duration_ms)
     select gen_random_uuid(), 'r', 'a', 1, false, 'X', 'x', 'w', now() - age, 1 from
       (values (interval '91 days'), (interval '89 days')) as given (age)`,
  );
  const removed = await clean();
  expect(removed).toMatchObject({ idempotencyKeys: 23, providerEvents: 1, attempts: 1 });
  expect([
    await count('idempotency_keys'),
    await count('provider_events'),
    await count('activity_attempts'),
  ]).toEqual([4, 1, 1]);
  expect(Object.keys(removed).toSorted()).toEqual(['files', ...leftoverNames].toSorted());
});

test('keeps each thing for as long as its input says', async () => {
  await answers(3, '25 hours');
  expect(await clean()).toMatchObject({ idempotencyKeys: 0 });
  expect(await clean({ keepDays: { idempotencyKeys: 1 } })).toMatchObject({ idempotencyKeys: 3 });
});

test('forgets ended jobs with all that belongs to them, but for those that keep a key for ever', async () => {
  const old = await ended('31 days');
  const young = await ended('29 days');
  const keeper = await ended('31 days', { unique_key: 'k', unique_slot: 'k' });
  await rig.pool.query(
    `insert into job_attempts (job_id, round, attempt, outcome, error_type, error_detail, worker, started_at)
     values ($1, 1, 1, 'failed', 'X', 'x', 'w', now())`,
    [old],
  );
  expect(await clean()).toMatchObject({ jobs: 1 });
  const { rows } = await rig.pool.query<{ id: string }>(`select id from jobs where type = 'old' order by id`);
  expect(rows.map(({ id }) => id)).toEqual([young, keeper].toSorted());
  expect(await count('job_attempts')).toBe(0);
});

test('keeps dead jobs with their attempts until their own time is over', async () => {
  const dead = await died('31 days');
  await died('366 days');
  await rig.pool.query(
    `insert into job_attempts (job_id, round, attempt, outcome, error_type, error_detail, worker, started_at)
     values ($1, 1, 1, 'failed', 'X', 'x', 'w', now())`,
    [dead],
  );
  expect(await clean({ keepDays: { jobs: 1 } })).toMatchObject({ jobs: 0, deadJobs: 1 });
  const { rows } = await rig.pool.query<{ id: string }>(`select id from jobs where type = 'old'`);
  expect(rows.map(({ id }) => id)).toEqual([dead]);
  expect(await count('job_attempts')).toBe(1);
  expect(await clean({ keepDays: { deadJobs: 7 } })).toMatchObject({ deadJobs: 1 });
  expect(cleanup.input.safeParse({ keepDays: { deadJobs: 6 } }).success).toBe(false);
});

test('is not for whoever may ask for jobs', async () => {
  const json = { type: cleanup.name, input: { keepDays: { jobs: 1 } } };
  const { status, body } = await rig.call('POST /jobs', { json });
  expect([status, body.errors]).toMatchObject([422, [{ pointer: '#/type' }]]);
});

test('removes the files of jobs when their time is over, and forgets a job only after its file', async () => {
  const { files } = rig.context;
  const put = async (key: string) => {
    await files.put(key, Readable.from(['x']), { mediaType: 'text/plain' });
    return { file_key: key, file_name: 'x', file_media_type: 'text/plain', file_bytes: 1 };
  };
  const insert = async (key: string, age: string, expires: string) => {
    const id = await ended(age);
    const file = await put(key);
    await rig.pool.query(
      `update jobs set file_key = $2, file_name = 'x', file_media_type = 'text/plain', file_bytes = 1,
         file_expires_at = now() + $3::interval where id = $1`,
      [id, file.file_key, expires],
    );
    return id;
  };
  const gone = await insert('gone', '31 days', '-1 minute');
  const there = await insert('there', '31 days', '1 minute');
  expect(await clean()).toMatchObject({ files: 1, jobs: 1 });
  expect([await files.get('gone'), (await files.get('there')) !== null]).toEqual([null, true]);
  const { rows } = await rig.pool.query<{ id: string }>(`select id from jobs where type = 'old'`);
  expect(rows.map(({ id }) => id)).toEqual([there]);
  expect(gone).not.toBe(there);
});

test('removes the files that were half written when their process died, once they are a day old', async () => {
  const unfinished = join(filesDir, 'unfinished');
  await mkdir(unfinished, { recursive: true });
  for (const [name, age] of [
    ['old', 25],
    ['young', 23],
  ] as const) {
    await writeFile(join(unfinished, name), 'x');
    const then = new Date(Date.now() - age * 60 * 60 * 1_000);
    await utimes(join(unfinished, name), then, then);
  }
  expect(await clean()).toMatchObject({ files: 1 });
  expect(await readdir(unfinished)).toEqual(['young']);
});

test('waits for nobody: what somebody holds is left for the next time', async () => {
  await answers(5, '3 days');
  const holder = await rig.pool.connect();
  await holder.query('begin');
  await holder.query('select from idempotency_keys limit 2 for update');
  expect(await clean()).toMatchObject({ idempotencyKeys: 3 });
  await holder.query('rollback');
  holder.release();
  expect(await clean()).toMatchObject({ idempotencyKeys: 2 });
});

test('holds nothing up: others write and read in the midst of it', async () => {
  await answers(1_000, '3 days');
  await rig.pool.query(`
    create table let_go ();
    create function hold_up() returns trigger language plpgsql as $$ begin
      while not exists (select from let_go) loop perform pg_sleep(0.02); end loop;
      return null;
    end $$;
    create trigger hold_up after delete on idempotency_keys for each statement execute function hold_up()`);
  const jobId = await rig.enqueue(cleanup, { input: cleanup.input.parse({ batchSize: 200 }) });
  await expect.poll(async () => (await sleepers()).length).toBe(1);
  await answers(1, '1 minute');
  expect(await count('idempotency_keys')).toBe(1_001);
  expect(await sleepers()).toHaveLength(1);
  await rig.pool.query('insert into let_go default values');
  const { result } = await rig.until(jobId, 'completed', 'dead');
  expect(result).toMatchObject({ removed: { idempotencyKeys: 1_000 } });
});

/** Those who remove something and are held up. */
async function sleepers(): Promise<unknown[]> {
  const removes = `select from pg_stat_activity
    where datname = current_database() and state = 'active' and query like '%delete from idempotency_keys%'
      and pid <> pg_backend_pid()`;
  return (await rig.pool.query(removes)).rows;
}
