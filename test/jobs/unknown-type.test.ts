import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { testType } from './types.ts';

const known = testType('known');
const knownShort = testType('known-short', { short: true });
const newer = testType('newer');
const newerShort = testType('newer-short', { short: true });
const newerLimited = testType('newer-limited', { concurrency: 2 });
const unhandled = [newer, newerShort, newerLimited];

const done = async () => ({});

let rig: JobRig;
beforeEach(async () => {
  const registered = [registerJob(known, done), registerJob(knownShort, done)];
  rig = await startJobRig(registered, { unhandled, variables: { JOBS_AHEAD: '3' }, worker: false });
});
afterEach(() => rig.close());

/** As many of each as would take all places, and more, and all of them more urgent than what comes after. */
async function enqueueNewer(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (const type of unhandled)
    for (let nth = 0; nth < count; nth += 1) ids.push(await rig.enqueue(type, { input: {}, priority: 100 }));
  return ids;
}

/** As if it were a while ago that a worker was met without the types. */
async function restEnds(): Promise<void> {
  await rig.pool.query(`update job_types set unknown_at = unknown_at - interval '1 hour'`);
}

test('jobs of types that no worker knows keep no others waiting, and are done as soon as one does', async () => {
  const worker = await rig.startWorker();
  const newerOnes = await enqueueNewer(4);
  const others = [
    await rig.enqueue(known, { input: {} }),
    await rig.enqueue(knownShort, { input: {}, orderingKey: 'k' }),
  ];
  for (const id of others) await rig.until(id, 'completed');
  for (const id of newerOnes) await rig.until(id, 'ready');
  expect(await rig.eventsOf(newerOnes[0] ?? '')).toEqual(['job.queued', 'job.put_back']);

  await worker.stop();
  await rig.startWorker(...unhandled.map((type) => registerJob(type, done)));
  await restEnds();
  for (const id of newerOnes)
    expect(await rig.until(id, 'completed')).toMatchObject({ attempts: 1, failedAttempts: [] });
});

test('a batch leaves to others what it does not know, and does the rest', async () => {
  await rig.call('POST /job-types/known-short/pause');
  await rig.call('POST /job-types/newer-short/pause');
  const newerOne = await rig.enqueue(newerShort, { input: {} });
  const knownOne = await rig.enqueue(knownShort, { input: {} });
  await rig.pool.query('update job_types set paused_at = null, paused_by = null');
  const { batch } = await rig.until(newerOne, 'dispatched');
  expect(await rig.until(knownOne, 'dispatched')).toMatchObject({ batch });
  await rig.startWorker();
  await rig.until(knownOne, 'completed');
  expect(await rig.until(newerOne, 'ready')).toMatchObject({ attempts: 0 });
});

test('one whose run is cancelled in Temporal ends so, although the worker does not know its type', async () => {
  const jobId = await rig.enqueue(newer, { input: {} });
  await rig.until(jobId, 'dispatched');
  const run = rig.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1));
  await expect.poll(async () => (await run.describe().catch(() => null))?.status.name).toBe('RUNNING');
  await run.cancel();
  await rig.startWorker();
  await rig.until(jobId, 'cancelled');
});
