import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { refused } from '../../src/domain/failures.ts';
import { batchWorkflowId, jobWorkflowId } from '../../src/domain/ids.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { scripted } from './scripted.ts';
import { testType } from './types.ts';

const plain = testType('plain');
const short = testType('short', { short: true });
const heavy = testType('heavy', { queue: 'heavy' });
const types = [plain, short, heavy];

const { scripts, handle } = scripted(async ({ attempt }) => ({ result: { attempt } }));

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig(types.map((type) => registerJob(type, handle)));
});
afterAll(async () => rig.close());

describe.each(types)('a job of the type $name', (type) => {
  test('is done, and says so', async () => {
    const jobId = await rig.enqueue(type, { input: {} });
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({
      status: 'completed',
      result: { attempt: 1 },
      attempts: 1,
      progressPercent: 100,
    });
    expect(await rig.eventsOf(jobId)).toEqual(['job.queued', 'job.started', 'job.completed']);
  });

  test('is tried again after a failure, whose error and times are kept', async () => {
    const label = `${type.name} fails once`;
    scripts.set(label, async ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet, says ada@example.com');
      return {};
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({ status: 'completed', attempts: 2 });
    expect(job.failedAttempts).toMatchObject([
      { round: 1, attempt: 1, outcome: 'failed', errorType: 'Error', errorDetail: 'not yet, says [email]' },
    ]);
  });

  test('is dead after its last attempt', async () => {
    const label = `${type.name} always fails`;
    scripts.set(label, async () => {
      throw new TypeError('never');
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({ status: 'dead', attempts: 3, errorType: 'TypeError', errorDetail: 'never' });
    expect(job.failedAttempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test('that is refused is not tried again', async () => {
    const label = `${type.name} is refused`;
    scripts.set(label, async () => {
      throw refused('MailRefused', 'no such address');
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    expect(await rig.until(jobId, 'completed', 'failed', 'dead')).toMatchObject({
      status: 'failed',
      attempts: 1,
      errorType: 'MailRefused',
      failedAttempts: [{ outcome: 'refused' }],
    });
  });
});

test('costs eleven events of history, and six where it is short', async () => {
  const lengthOf = async (type: typeof plain) => {
    const jobId = await rig.enqueue(type, { input: {} });
    const { batch } = await rig.until(jobId, 'completed');
    const runId = batch === null ? jobWorkflowId(jobId, 1) : batchWorkflowId(batch);
    const run = rig.temporal.client.workflow.getHandle(runId);
    await run.result();
    return (await run.describe()).historyLength;
  };
  expect(await lengthOf(plain)).toBe(11);
  expect(await lengthOf(short)).toBe(6);
});
