import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToTemporal, skipsTime, skipTime, type TestTemporal } from '../support/temporal.ts';
import type { longWait } from './fixtures/workflows.ts';

const days = 40;
const dayMs = 24 * 60 * 60 * 1000;

let temporal: TestTemporal;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  temporal = await connectToTemporal('own');
  worker = await Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    workflowsPath: `${import.meta.dirname}/fixtures/workflows.ts`,
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await temporal.close();
});

test('the server that tests run on skips time', async () => {
  expect(await skipsTime(temporal)).toBe(true);
});

test('a run in a namespace of its own waits forty days in moments', async () => {
  const workflowId = 'long-wait';
  const handle = await temporal.client.workflow.start<typeof longWait>('longWait', {
    workflowId,
    taskQueue: temporal.taskQueue,
    args: [days],
  });
  await skipTime(temporal, workflowId);
  expect(await handle.result()).toBeGreaterThanOrEqual(days * dayMs);
});
