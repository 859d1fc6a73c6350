import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { companions, poisonJob, poisonType } from './poison-types.ts';
import { startJobRig, type JobRig } from './rig.ts';

const program = join(import.meta.dirname, 'poison-worker.ts');

/** Workflow tasks and heartbeats of killed workers take their time. */
const timeoutMs = 90_000;
const patience = { timeout: timeoutMs, interval: 100 };

let rig: JobRig;
let worker: ChildProcess;
let stopped = false;

/** A worker is there at all times: whatever takes it down, the next one comes. */
function keepWorker(): void {
  worker = fork(program, [], {
    execArgv: [],
    env: { ...process.env, ...rig.variables },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  worker.once('exit', () => {
    if (!stopped) keepWorker();
  });
}

beforeAll(async () => {
  rig = await startJobRig([poisonJob], { worker: false });
});
afterAll(async () => {
  stopped = true;
  worker.kill('SIGKILL');
  await rig.close();
});

test(
  'a short job that takes its worker down leaves those of its batch alone from then on, and is dead in the end',
  async () => {
    await rig.call('POST /job-types/short/pause');
    const poison = await rig.enqueue(poisonType, { input: { label: 'poison' } });
    const others: string[] = [];
    for (let nth = 0; nth < companions; nth += 1) others.push(await rig.enqueue(poisonType, { input: {} }));
    await rig.call('POST /job-types/short/resume');
    keepWorker();
    for (const id of [poison, ...others])
      await expect.poll(async () => (await rig.read(id)).status, patience).toBeOneOf(['completed', 'dead']);

    const dead = await rig.read(poison);
    expect(dead).toMatchObject({ status: 'dead', attempts: 2, errorType: 'JobWorkerLost' });
    const batches = new Set([dead.batch]);
    for (const id of others) {
      const { status, batch } = await rig.read(id);
      expect(status).toBe('completed');
      batches.add(batch);
      const own = rig.temporal.client.workflow.getHandle(jobWorkflowId(id, 1));
      expect(await own.result()).toBe('ended');
    }
    expect(batches.size).toBe(1);
  },
  timeoutMs,
);
