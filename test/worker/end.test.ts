import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { cleanup } from '../../src/activities/jobs/cleanup/type.ts';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { raise } from '../../src/db/alerts.ts';
import { transaction } from '../../src/db/pool.ts';
import { startJobRig, type JobRig } from '../jobs/rig.ts';
import { untilReady } from './ready.ts';
import { spawnNode, type Spawned } from './spawned.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const patient = { timeout: 60_000, interval: 50 };

/** Each row of the slow job takes this long at least. */
const msPerRow = 20;

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig(registeredJobs, { worker: false });
});
afterAll(() => rig.close());

const spawned: Spawned[] = [];
afterEach(async () => {
  for (const worker of spawned) worker.kill('SIGKILL');
  await Promise.all(spawned.splice(0).map(({ ended }) => ended));
});

async function startWorker(changes: Record<string, string> = {}): Promise<Spawned> {
  const worker = spawnNode('src/worker/main.ts', {
    ...rig.variables,
    LOG_LEVEL: 'info',
    WORKER_QUEUES: 'jobs,heavy',
    ...changes,
  });
  spawned.push(worker);
  await untilReady(worker);
  return worker;
}

const eventsOf = (worker: Spawned) => worker.lines.map(({ event }) => event);

test('says at its start what it serves, and how', async () => {
  const worker = await startWorker({
    WORKER_HEAVY_CONCURRENCY: '3',
    WORKER_HEAVY_PER_SECOND_IN_ALL: '9',
    WORKER_WORKFLOW_THREADS: '2',
    WORKER_MAX_CACHED_WORKFLOWS: '70',
    SHUTDOWN_GRACE_MS: '4000',
    WORKER_JOBS_CONCURENCY: '5',
  });
  expect(worker.lines.find(({ event }) => event === 'queues')).toMatchObject({
    msg: 'serving jobs (50 at once), heavy (3 at once, 9 a second in all)',
    queues: { heavy: { concurrency: 3, perSecond: null, perSecondInAll: 9, pollers: 2, attempts: null } },
    workflows: { workflowThreads: 2, maxWorkflowTasks: 12, maxLocalActivities: 100, maxCachedWorkflows: 70 },
    shutdownGraceMs: 4_000,
  });
  expect(worker.lines.find(({ event }) => event === 'variableUnknown')).toMatchObject({
    level: 'warn',
    name: 'WORKER_JOBS_CONCURENCY',
    nearest: 'WORKER_JOBS_CONCURRENCY',
  });
});

test('serves what it is told to and leaves the rest to others', async () => {
  await startWorker({ WORKER_QUEUES: 'heavy' });
  const light = await rig.enqueue(cleanup, { input: cleanup.input.parse({}) });
  await rig.until(light, 'dispatched');
  const { rows } = await rig.pool.query('select count(*)::integer as schedules from schedules');
  expect(rows).toEqual([{ schedules: 0 }]);
  await startWorker({ WORKER_QUEUES: 'jobs' });
  await rig.until(light, 'completed');
});

describe('told to end while a job runs', () => {
  beforeEach(() => rig.pool.query('truncate idempotency_keys'));

  test('finishes it where that takes no longer than the grace, begins no other, and ends with 0', async () => {
    const worker = await startWorker({ SHUTDOWN_GRACE_MS: '10000' });
    const jobId = await slowJob(1_000 / msPerRow);
    worker.kill('SIGTERM');
    await expect.poll(() => eventsOf(worker)).toContain('stopping');
    const later = await rig.enqueue(cleanup, { input: cleanup.input.parse({}) });
    expect(await worker.ended).toBe(0);
    expect(await rig.read(jobId)).toMatchObject({ status: 'completed', attempts: 1, failedAttempts: [] });
    expect(['ready', 'dispatched']).toContain((await rig.read(later)).status);
    await startWorker();
    await rig.until(later, 'completed');
  });

  test('hands it over where it takes longer, and another worker goes on with it', async () => {
    const worker = await startWorker({ SHUTDOWN_GRACE_MS: '2500' });
    const jobId = await slowJob(9_000 / msPerRow);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(eventsOf(worker)).not.toContain('attemptsLeftBehind');
    const left = await rowsLeft();
    expect(left).toBeGreaterThan(0);
    expect((await rig.read(jobId)).status).toBe('running');
    await startWorker();
    await expect.poll(rowsLeft, patient).toBeLessThan(left);
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect([job.status, job.failedAttempts]).toEqual(['completed', []]);
  });
});

test('told twice it ends at once, and another worker does its job when its heartbeat is missed', async () => {
  await rig.pool.query('truncate idempotency_keys');
  const worker = await startWorker({ SHUTDOWN_GRACE_MS: '60000' });
  const jobId = await slowJob(6_000 / msPerRow);
  worker.kill('SIGTERM');
  await expect.poll(() => eventsOf(worker)).toContain('stopping');
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(1);
  expect(eventsOf(worker)).toContain('stopForced');
  expect((await rig.read(jobId)).status).toBe('running');
  await startWorker();
  expect((await rig.until(jobId, 'completed', 'failed', 'dead')).status).toBe('completed');
  expect(await rowsLeft()).toBe(0);
});

describe('told to end while somebody does not answer', () => {
  let silent: Server;
  let mail: MailSandbox;
  let asked = 0;
  beforeAll(async () => {
    silent = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    mail = await startMailSandbox();
  });
  afterAll(async () => {
    silent.close();
    await mail.close();
  });

  test('does not wait for that any longer than the grace, ends with 0, and another worker does it', async () => {
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const variables = { WORKER_QUEUES: 'orders,maintenance', OPERATOR_EMAIL: 'ops@shop.example' };
    const worker = await startWorker({
      ...variables,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      SMTP_TIMEOUT_MS: '18000',
      SHUTDOWN_GRACE_MS: '1000',
    });
    const facts = { kind: 'test' };
    await transaction(rig.pool, (tx) =>
      raise(tx, { occurrence: 'test', type: 'books.imbalance', orderId: null, facts }),
    );
    rig.context.relay.wake();
    await expect.poll(() => asked, patient).toBe(1);
    const toldAt = performance.now();
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(10_000);
    expect(eventsOf(worker)).toContain('attemptsLeftBehind');

    await startWorker({ ...variables, SMTP_URL: mail.smtpUrl });
    await expect.poll(() => mail.messages({ to: 'ops@shop.example' }).length, patient).toBe(1);
  });
});

async function rowsLeft(): Promise<number> {
  const { rows } = await rig.pool.query('select count(*)::integer as rows from idempotency_keys');
  return rows[0].rows;
}

/** A job that goes through so many rows one by one, once it is under way. */
async function slowJob(rows: number): Promise<string> {
  await rig.pool.query(
    `insert into idempotency_keys (scope, key, body_hash, response_status, response_body, created_at)
     select 'test', i::text, '', 202, '{}', now() - interval '9 days' from generate_series(1, $1::integer) as i`,
    [rows],
  );
  const jobId = await rig.enqueue(cleanup, { input: cleanup.input.parse({ batchSize: 1 }) });
  await expect.poll(rowsLeft, patient).toBeLessThan(rows);
  return jobId;
}
