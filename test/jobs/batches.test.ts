import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { createJobLook } from '../../src/activities/reconcile/jobs.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { batchWorkflowId, jobWorkflowId } from '../../src/domain/ids.ts';
import { batchSize } from '../../src/domain/job-type.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { scripted } from './scripted.ts';
import { testType } from './types.ts';

const short = testType('short', { short: true });

const { scripts, handle } = scripted();

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig([registerJob(short, handle)]);
});
afterAll(async () => rig.close());

const together = (...labels: string[]) => togetherIn(rig, short, ...labels);

/** Has jobs wait while their type is paused, and lets them go together. */
async function togetherIn(shop: JobRig, type: typeof short, ...labels: string[]): Promise<string[]> {
  await shop.call('POST /job-types/short/pause');
  const ids: string[] = [];
  for (const label of labels) ids.push(await shop.enqueue(type, { input: { label } }));
  await shop.call('POST /job-types/short/resume');
  return ids;
}

const plainOnes = (count: number) => Array.from({ length: count }, () => 'plain');

test('short jobs that wait together share runs, and each is done once', async () => {
  const ids = await together(...plainOnes(3 * batchSize));
  const done = await Promise.all(ids.map((id) => rig.until(id, 'completed', 'dead')));
  const batches = Map.groupBy(done, ({ batch }) => batch);
  expect(batches.has(null)).toBe(false);
  expect(Math.max(...[...batches.values()].map((some) => some.length))).toBe(batchSize);
  for (const jobId of ids) {
    expect(await rig.eventsOf(jobId)).toEqual(['job.queued', 'job.started', 'job.completed']);
  }
  const { body } = await rig.call(`GET /jobs/${ids[0]}`);
  expect(body.links.workflow).toContain(batchWorkflowId(done[0]?.batch ?? ''));
});

describe('in a batch', () => {
  test('one that fails has its next attempts in a run of its own, and the others are done', async () => {
    scripts.set('fails twice', async ({ attempt }) => {
      if (attempt <= 2) throw new TypeError('not yet');
      return { result: { attempt } };
    });
    scripts.set('always fails', async () => {
      throw new TypeError('never');
    });
    const [twice = '', always = '', ...others] = await together(
      'fails twice',
      'always fails',
      'plain',
      'plain',
    );
    const job = await rig.until(twice, 'completed', 'dead');
    expect(job).toMatchObject({ status: 'completed', attempts: 3, result: { attempt: 3 } });
    expect(job.failedAttempts).toMatchObject([
      { attempt: 1, outcome: 'failed', errorType: 'TypeError' },
      { attempt: 2, outcome: 'failed', errorType: 'TypeError' },
    ]);
    expect(await rig.until(always, 'completed', 'dead')).toMatchObject({ status: 'dead', attempts: 3 });
    for (const id of others) await rig.until(id, 'completed');
    const run = rig.temporal.client.workflow.getHandle(jobWorkflowId(twice, 1));
    expect(await run.result()).toBe('ended');
    expect((await run.describe()).parentExecution?.workflowId).toBe(batchWorkflowId(job.batch ?? ''));
    const { body } = await rig.call(`GET /jobs/${twice}`);
    expect(body.links.workflow).toContain(jobWorkflowId(twice, 1));
  });

  test('one that hangs holds up none of the others, and is tried again', async () => {
    const hung = Promise.withResolvers<void>();
    scripts.set('hangs', async ({ attempt }) => {
      if (attempt > 1) return {};
      hung.resolve();
      return new Promise(() => undefined);
    });
    const [hanging = '', ...others] = await together('hangs', ...plainOnes(5));
    await hung.promise;
    for (const id of others) await rig.until(id, 'completed');
    const job = await rig.until(hanging, 'completed', 'dead');
    expect(job).toMatchObject({ status: 'completed', attempts: 2 });
    expect(job.failedAttempts).toMatchObject([{ outcome: 'timed_out' }]);
  });

  test('one that nobody has heard of for a while is left alone by the reconciler while the run goes on', async () => {
    const tried = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    scripts.set('is quiet', async () => {
      tried.resolve();
      await go.promise;
      return {};
    });
    const worker = createContext(loadConfig(rig.variables), 'worker');
    const { limits, ...parts } = workerParts(worker);
    const look = createJobLook({ ...parts, limits: { ...limits, quietMs: 0 }, jobTypes: [short] });
    // From here on there are two seconds: an attempt in a batch has no more.
    const [quiet = ''] = await together('is quiet', 'plain');
    await tried.promise;
    await look.reconcileJobs();
    expect(await rig.eventsOf(quiet)).toEqual(['job.queued', 'job.started']);
    go.resolve();
    expect(await rig.until(quiet, 'completed', 'dead')).toMatchObject({ attempts: 1, failedAttempts: [] });
    await worker.close();
  });

  test('one that is cancelled while it is tried ends so, and the others are done', async () => {
    const tried = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    scripts.set('is cancelled', async () => {
      tried.resolve();
      await go.promise;
      return { result: { done: true } };
    });
    const [cancelled = '', ...others] = await together('is cancelled', ...plainOnes(5));
    await tried.promise;
    await rig.call(`POST /jobs/${cancelled}/cancel`);
    go.resolve();
    expect(await rig.until(cancelled, 'cancelled', 'completed')).toMatchObject({
      status: 'cancelled',
      result: null,
    });
    for (const id of others) await rig.until(id, 'completed');
  });

  describe('one that is cancelled while it waits for its next attempt', () => {
    const patient = testType('short', {
      short: true,
      retry: { maxAttempts: 3, backoff: { firstMs: 60_000, factor: 1, maxMs: 60_000 } },
    });
    let slow: JobRig;
    beforeAll(async () => {
      slow = await startJobRig([registerJob(patient, handle)]);
    });
    afterAll(async () => slow.close());

    const runOf = (jobId: string) => slow.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1));
    const statusOf = async (jobId: string) =>
      (
        await runOf(jobId)
          .describe()
          .catch(() => null)
      )?.status.name ?? 'none';

    async function untilItHasFailed(jobId: string): Promise<void> {
      await expect.poll(() => slow.eventsOf(jobId), { timeout: 20_000 }).toContain('job.attempt_failed');
    }

    async function cancelled(jobId: string): Promise<void> {
      await slow.call(`POST /jobs/${jobId}/cancel`);
      expect((await slow.read(jobId)).status).toBe('cancelled');
    }

    async function runEndsWithoutAnAttempt(jobId: string): Promise<void> {
      await expect.poll(() => statusOf(jobId), { timeout: 20_000 }).toBe('COMPLETED');
      expect(await runOf(jobId).result()).toBe('gone');
      expect((await slow.read(jobId)).attempts).toBe(1);
    }

    test('never has it', async () => {
      scripts.set('waits', async () => {
        throw new Error('once');
      });
      const [jobId = ''] = await togetherIn(slow, patient, 'waits');
      await untilItHasFailed(jobId);
      await expect.poll(() => statusOf(jobId), { timeout: 20_000 }).toBe('RUNNING');
      await cancelled(jobId);
      await runEndsWithoutAnAttempt(jobId);
    });

    test('never has it where its run is still to be started by that of the batch', async () => {
      const go = Promise.withResolvers<void>();
      scripts.set('waits', async () => {
        throw new Error('once');
      });
      scripts.set('holds up the batch', async () => {
        await go.promise;
        return {};
      });
      const [jobId = ''] = await togetherIn(slow, patient, 'waits', 'holds up the batch');
      await untilItHasFailed(jobId);
      expect(await statusOf(jobId)).toBe('none');
      await cancelled(jobId);
      await expect.poll(() => cancelsInVain(slow, jobId)).toBeGreaterThan(0);
      go.resolve();
      await runEndsWithoutAnAttempt(jobId);
    });
  });
});

/** How often the relay has tried in vain to cancel the job's run. */
async function cancelsInVain({ pool }: JobRig, jobId: string): Promise<number> {
  const { rows } = await pool.query<{ attempts: number }>('select attempts from outbox where lane = $1', [
    `job:${jobId}`,
  ]);
  return rows[0]?.attempts ?? 0;
}

test('a batch whose run somebody ends before it has begun is handed over anew', async () => {
  const idle = await startJobRig([registerJob(short, handle)], { worker: false });
  try {
    const ids = await Promise.all(plainOnes(3).map((label) => idle.enqueue(short, { input: { label } })));
    for (const id of ids) await idle.until(id, 'dispatched');
    const batches = new Set((await Promise.all(ids.map((id) => idle.read(id)))).map(({ batch }) => batch));
    for (const batch of batches) {
      const run = idle.temporal.client.workflow.getHandle(batchWorkflowId(batch ?? ''));
      // The books have it handed over before Temporal has it.
      await expect.poll(async () => (await run.describe().catch(() => null))?.status.name).toBe('RUNNING');
      await run.terminate();
    }
    await idle.pool.query('update jobs set leased_until = clock_timestamp()');
    await idle.startWorker();
    for (const id of ids)
      expect(await idle.until(id, 'completed', 'dead')).toMatchObject({ status: 'completed', dispatch: 2 });
  } finally {
    await idle.close();
  }
});

test('a batch that is handed over twice runs once', async () => {
  const idle = await startJobRig([registerJob(short, handle)], { worker: false });
  try {
    const ids = await Promise.all(plainOnes(3).map((label) => idle.enqueue(short, { input: { label } })));
    for (const id of ids) await idle.until(id, 'dispatched');
    await idle.pool.query('update jobs set leased_until = clock_timestamp()');
    await expect
      .poll(async () => {
        const { rows } = await idle.pool.query('select from jobs where leased_until < clock_timestamp()');
        return rows.length;
      })
      .toBe(0);
    await idle.startWorker();
    for (const id of ids)
      expect(await idle.until(id, 'completed', 'dead')).toMatchObject({
        status: 'completed',
        dispatch: 1,
        attempts: 1,
        failedAttempts: [],
      });
    for (const id of ids)
      await expect(
        idle.temporal.client.workflow.getHandle(jobWorkflowId(id, 1)).describe(),
      ).rejects.toBeInstanceOf(WorkflowNotFoundError);
  } finally {
    await idle.close();
  }
});
