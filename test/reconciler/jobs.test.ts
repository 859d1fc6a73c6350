import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { enqueueJob, type NewJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { readJob } from '../../src/db/jobs/read.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import type { JobStatus } from '../../src/domain/job.ts';
import { testType, type Labelled } from '../jobs/types.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const patient = testType('patient');
const once = testType('once', { retry: { maxAttempts: 1, backoff: { firstMs: 10, factor: 1, maxMs: 10 } } });

/** Those whose first attempt goes on until it is told to stop. */
const hangs = testType('hangs', { retry: patient.retry });

const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

let rig: ReconcilerRig;
beforeAll(async () => {
  rig = await startReconcilerRig({
    jobs: [
      registerJob(patient, async () => ({})),
      registerJob(once, ({ signal }) => hang(signal)),
      registerJob(hangs, ({ signal, attempt }) => (attempt === 1 ? hang(signal) : Promise.resolve({}))),
    ],
  });
});
afterAll(() => rig.close());

async function enqueue(
  type: typeof patient,
  job: Omit<NewJob<Labelled>, 'requestedBy' | 'input'> = {},
): Promise<string> {
  const whole = { input: {}, ...job, requestedBy: 'test' };
  return (await transaction(rig.pool, (tx) => enqueueJob(tx, type, whole))).jobId;
}

async function until(jobId: string, ...statuses: JobStatus[]) {
  const status = async () => (await readJob(rig.pool, jobId))?.status;
  await expect.poll(status, { timeout: 20_000, interval: 20 }).toBeOneOf(statuses);
  return readJob(rig.pool, jobId);
}

/** A job that runs by the books and has no run any more. */
async function lose(type: typeof patient): Promise<string> {
  const jobId = await enqueue(type);
  await until(jobId, 'running');
  await rig.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1)).terminate('by hand');
  return jobId;
}

it('puts a job back whose run somebody has terminated, and it has its next attempt', async () => {
  const jobId = await lose(hangs);
  expect(await rig.pass()).toBe(1);
  expect(await until(jobId, 'completed', 'dead')).toMatchObject({ status: 'completed', dispatch: 2 });
  expect(await rig.findings(jobId)).toMatchObject([
    { kind: 'job_run_lost', action: 'put back', open: false, facts: { why: 'terminated', type: 'hangs' } },
  ]);
});

it('ends a job whose lost attempt was its last', async () => {
  const jobId = await lose(once);
  expect(await rig.pass()).toBe(1);
  expect(await until(jobId, 'dead', 'completed')).toMatchObject({ status: 'dead', attempts: 1 });
  expect(await rig.findings(jobId)).toMatchObject([{ kind: 'job_run_lost', action: 'ended' }]);
});

it('lets a line go on in which everybody waits', async () => {
  const first = await enqueue(hangs, { orderingKey: 'a line' });
  await until(first, 'running');
  const second = await enqueue(patient, { orderingKey: 'a line' });
  await rig.pool.query(
    `update jobs set status = 'cancelled', cancel_requested_at = now(), finished_at = now(), holds_slot = false,
       attempt_started_at = null
     where id = $1`,
    [first],
  );
  expect((await readJob(rig.pool, second))?.status).toBe('blocked');
  expect(await rig.pass()).toBe(1);
  await until(second, 'completed');
  expect(await rig.findings('a line')).toMatchObject([{ kind: 'job_line_stalled', action: 'went on' }]);
});

it('goes on with the next where a job cannot be settled', async () => {
  const ids = [await lose(once), await lose(once), await lose(once)];
  const stuck = ids[1] ?? '';
  await rig.pool.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$`,
  );
  await rig.pool.query(
    `create trigger refuse before update on jobs for each row when (old.id = '${stuck}') execute function refuse()`,
  );
  expect(await rig.pass()).toBe(2);
  const statuses = await Promise.all(ids.map(async (id) => (await readJob(rig.pool, id))?.status));
  expect(statuses).toEqual(['dead', 'running', 'dead']);
  const { values } = await rig.context.metrics.reconcilerFailures.get();
  expect(values).toMatchObject([{ labels: { kind: 'job_run_lost' }, value: 1 }]);
  await rig.pool.query('drop trigger refuse on jobs');
  expect(await rig.pass()).toBe(1);
  await until(stuck, 'dead');
});
