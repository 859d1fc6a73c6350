import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { JobStopped } from '../../src/activities/jobs/stop.ts';
import { enqueueJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { readJob } from '../../src/db/jobs/read.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { openEvents } from '../api/event-client.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { scripted } from './scripted.ts';
import { testType } from './types.ts';

const plain = testType('plain');
const heavy = testType('heavy', { queue: 'heavy' });
const brief = testType('brief', { attemptTimeoutMs: 200, retry: { ...plain.retry, maxAttempts: 2 } });
const hurried = testType('hurried', { deadlineMs: 600 });
const alone = testType('alone', { concurrency: 1 });
/** One at a time, and a long wait between attempts. */
const patient = testType('patient', {
  concurrency: 1,
  retry: { maxAttempts: 3, backoff: { firstMs: 30_000, factor: 1, maxMs: 30_000 } },
});
const types = [plain, heavy, brief, hurried, alone, patient];

const { scripts, handle } = scripted();

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig(types.map((type) => registerJob(type, handle)));
});
afterAll(async () => rig.close());

/** Until the signal is given; with what it was given. */
async function untilStopped(signal: AbortSignal): Promise<never> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw signal.reason;
}

describe.each([plain, heavy])('a cancel of a job of the type $name that is being tried', (type) => {
  test('reaches its handler, and ends in cancelled', async () => {
    const label = `${type.name} is cancelled`;
    const reasons: unknown[] = [];
    scripts.set(label, async ({ signal }) => {
      await untilStopped(signal).catch((reason: unknown) => reasons.push(reason));
      throw signal.reason;
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    await rig.until(jobId, 'running');
    const { status, body } = await rig.call(`POST /jobs/${jobId}/cancel`);
    expect([status, body.status, body.cancelRequestedAt === null]).toEqual([202, 'running', false]);
    const job = await rig.until(jobId, 'cancelled', 'completed', 'dead', 'failed');
    expect(job.status).toBe('cancelled');
    expect(reasons).toMatchObject([{ name: 'JobStopped', reason: 'cancelled' }]);
    expect(reasons[0]).toBeInstanceOf(JobStopped);
    expect(job.failedAttempts).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('counts even where the handler has done its work meanwhile', async () => {
    const label = `${type.name} is done too late`;
    scripts.set(label, async ({ signal }) => {
      await untilStopped(signal).catch(() => undefined);
      return { result: { done: true } };
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    await rig.until(jobId, 'running');
    await rig.call(`POST /jobs/${jobId}/cancel`);
    expect(await rig.until(jobId, 'cancelled', 'completed')).toMatchObject({
      status: 'cancelled',
      result: null,
    });
  });
});

test('a run that somebody cancels in Temporal is a job that is cancelled', async () => {
  scripts.set('in the Web UI', async ({ signal }) => untilStopped(signal));
  const jobId = await rig.enqueue(plain, { input: { label: 'in the Web UI' } });
  await rig.until(jobId, 'running');
  await rig.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1)).cancel();
  expect((await rig.until(jobId, 'cancelled', 'completed', 'dead')).status).toBe('cancelled');
});

test('an attempt that takes longer than it may is given up, even where its handler does not let go', async () => {
  scripts.set('too long', async ({ signal, attempt }) => (attempt === 1 ? untilStopped(signal) : {}));
  const jobId = await rig.enqueue(brief, { input: { label: 'too long' } });
  const job = await rig.until(jobId, 'completed', 'dead');
  expect(job).toMatchObject({ status: 'completed', attempts: 2 });
  expect(job.failedAttempts).toMatchObject([{ outcome: 'timed_out', errorType: 'JobAttemptTimedOut' }]);
  scripts.set('deaf', async () => new Promise(() => undefined));
  const deaf = await rig.enqueue(brief, { input: { label: 'deaf' } });
  expect(await rig.until(deaf, 'completed', 'dead')).toMatchObject({
    status: 'dead',
    errorType: 'JobAttemptTimedOut',
  });
});

test('a job that never ends is dead at its deadline', async () => {
  scripts.set('for ever', async ({ signal }) => untilStopped(signal));
  const jobId = await rig.enqueue(hurried, { input: { label: 'for ever' } });
  expect(await rig.until(jobId, 'dead', 'completed', 'failed')).toMatchObject({
    status: 'dead',
    errorType: 'JobDeadlineExceeded',
    attempts: 1,
  });
});

test('what is said about progress is seen by those who read and those who follow', async () => {
  const go = Promise.withResolvers<void>();
  scripts.set('progress', async ({ progress, keep }) => {
    progress(10, 'a tenth');
    await keep({ row: 100 });
    await go.promise;
    progress(90, 'nearly');
    return { result: { rows: 1_000 } };
  });
  const jobId = await rig.enqueue(plain, { input: { label: 'progress' } });
  const stream = await openEvents(rig.url, jobId, {}, `/jobs/${jobId}/events`);
  await expect.poll(() => stream.events.map(({ event }) => event)).toContain('job.progress');
  const { body } = await rig.call(`GET /jobs/${jobId}`);
  expect(body).toMatchObject({ status: 'running', progress: { percent: 10, message: 'a tenth' } });
  go.resolve();
  expect(await stream.ended).toBe('finished');
  expect(stream.events.map(({ event }) => event)).toEqual([
    'job.queued',
    'job.started',
    'job.progress',
    'job.progress',
    'job.completed',
  ]);
  expect(stream.events[3]?.data).toMatchObject({ jobId, data: { percent: 90, message: 'nearly' } });
  const behind = await openEvents(rig.url, jobId, { 'Last-Event-ID': '5' }, `/jobs/${jobId}/events`);
  expect(behind.status).toBe(204);
});

test('a checkpoint is where the next attempt goes on', async () => {
  const seen: unknown[] = [];
  scripts.set('checkpoint', async ({ checkpoint, keep, attempt }) => {
    seen.push(checkpoint);
    await keep({ row: attempt * 100 });
    if (attempt < 3) throw new Error('not yet');
    return {};
  });
  const jobId = await rig.enqueue(plain, { input: { label: 'checkpoint' } });
  await rig.until(jobId, 'completed', 'dead');
  expect(seen).toEqual([null, { row: 100 }, { row: 200 }]);
});

test('no two jobs run at once of a type that takes one, and all are done', async () => {
  let running = 0;
  let most = 0;
  scripts.set('alone', async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running -= 1;
    return {};
  });
  const ids = await Promise.all(
    Array.from({ length: 8 }, () => rig.enqueue(alone, { input: { label: 'alone' } })),
  );
  for (const jobId of ids) await rig.until(jobId, 'completed', 'dead');
  expect(most).toBe(1);
});

test('jobs of one ordering key are done one after the other, in their order', async () => {
  const done: string[] = [];
  let running = 0;
  scripts.set('in line', async ({ jobId }) => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    done.push(jobId);
    return {};
  });
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1)
    ids.push(await rig.enqueue(plain, { input: { label: 'in line' }, orderingKey: 'customer 1' }));
  for (const jobId of ids) await rig.until(jobId, 'completed', 'dead');
  expect(done).toEqual(ids);
});

test('a job that keeps failing holds up no other of its type, however few may run at once', async () => {
  scripts.set('poison', async () => {
    throw new Error('always');
  });
  const bad = await rig.enqueue(patient, { input: { label: 'poison' } });
  await expect.poll(async () => (await rig.read(bad)).attempts).toBeGreaterThan(0);
  const good = await rig.enqueue(patient, { input: { label: 'good' } });
  await rig.until(good, 'completed', 'dead');
  expect((await rig.read(bad)).status).toBe('running');
  await rig.call(`POST /jobs/${bad}/cancel`);
});

test('a paused type begins nothing, neither a first attempt nor a repeat, and goes on when it is resumed', async () => {
  scripts.set('paused', async ({ attempt }) => {
    if (attempt === 1) {
      await rig.call('POST /job-types/plain/pause', { json: { reason: 'a test' } });
      throw new Error('once');
    }
    return {};
  });
  const repeated = await rig.enqueue(plain, { input: { label: 'paused' } });
  await expect.poll(() => rig.eventsOf(repeated)).toContain('job.put_back');
  const fresh = await rig.enqueue(plain, { input: {} });
  const marker = await rig.enqueue(heavy, { input: {} });
  await rig.until(marker, 'completed');
  expect([(await rig.read(repeated)).status, (await rig.read(fresh)).status]).toEqual(['ready', 'ready']);
  await rig.call('POST /job-types/plain/resume');
  await rig.until(fresh, 'completed');
  expect(await rig.until(repeated, 'completed', 'dead')).toMatchObject({ status: 'completed', attempts: 2 });
});

test('a job is done after its delay', async () => {
  const accepted = await transaction(rig.pool, async (tx) => {
    const { jobId } = await enqueueJob(tx, plain, { input: {}, delayMs: 300, requestedBy: 'test' });
    return readJob(tx, jobId);
  });
  expect(accepted?.status).toBe('scheduled');
  const job = await rig.until(accepted?.jobId ?? '', 'completed');
  expect(job.startedAt!.getTime()).toBeGreaterThanOrEqual(job.runAt.getTime());
});
