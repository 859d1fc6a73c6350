import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { putBack } from '../../src/db/jobs/queue.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { testType } from './types.ts';

const plain = testType('plain');

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig([registerJob(plain, async () => ({}))], { worker: false });
});
afterAll(() => rig.close());

/** A job whose first run waits in Temporal for a worker. */
async function dispatched(): Promise<string> {
  const jobId = await rig.enqueue(plain, { input: {} });
  await rig.until(jobId, 'dispatched');
  const description = () => rig.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1)).describe();
  await expect.poll(async () => (await description().catch(() => null))?.status.name).toBe('RUNNING');
  return jobId;
}

const runEnds = async (jobId: string) =>
  rig.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1)).result();

test('a run that a job has left behind does nothing to it while it waits in the queue', async () => {
  const [retried, back] = [await dispatched(), await dispatched()];
  await rig.call('POST /job-types/plain/pause');
  await rig.call(`POST /jobs/${retried}/cancel`);
  await rig.call(`POST /jobs/${retried}/retry`);
  // As where Temporal took a run whose start seemed to fail.
  await putBack(rig.pool, [{ jobId: back, dispatch: 1 }]);
  const worker = await rig.startWorker();
  expect([await runEnds(retried), await runEnds(back)]).toEqual(['gone', 'gone']);
  expect(await rig.eventsOf(retried)).toEqual([
    'job.queued',
    'job.cancel_requested',
    'job.cancelled',
    'job.retried',
  ]);
  expect(await rig.eventsOf(back)).toEqual(['job.queued']);
  await rig.call('POST /job-types/plain/resume');
  expect(await rig.until(retried, 'completed', 'cancelled')).toMatchObject({ status: 'completed', round: 2 });
  await rig.until(back, 'completed');
  await worker.stop();
});
