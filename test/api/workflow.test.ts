import { afterAll, beforeAll, expect, test } from 'vitest';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { connectTemporal, type Temporal } from '../../src/temporal/connection.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';
import { temporalAt } from './temporal-profiles.ts';

let temporal: TestTemporal;
let client: Temporal;
let api: TestApi;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await connectToTemporal();
  client = connectTemporal(temporalAt(temporal.address), 'test', {});
  api = await startApi({ temporal: client });
  await seedShop(api.pool);
});
afterAll(async () => {
  await api.stop();
  await client.close();
  await temporal.close();
});

async function place(on: TestApi = api): Promise<string> {
  const { body } = await on.call('POST /orders', { json: newOrder() });
  return String(body.orderId);
}

test('tells that an order’s run has not started yet', async () => {
  const { status, body } = await api.call(`GET /orders/${await place()}/workflow`);
  expect([status, body.type, body.retryable]).toEqual([404, '/problems/run-not-started', true]);
});

test('tells that the run of an order that is under way is no longer kept', async () => {
  const id = await place();
  await api.pool.query(`update orders set status = 'processing' where id = $1`, [id]);
  const { status, body } = await api.call(`GET /orders/${id}/workflow`);
  expect([status, body.type, body.retryable]).toEqual([404, '/problems/run-forgotten', false]);
});

test('shows a run, without current details as long as no worker answers', async () => {
  const id = await place();
  const handle = await client.client.workflow.start('waits', {
    workflowId: orderWorkflowId(id),
    taskQueue: temporal.taskQueue,
  });
  const { status, body } = await api.call(`GET /orders/${id}/workflow`);
  expect(status).toBe(200);
  expect(body).toEqual({
    workflowId: `order-${id}`,
    runId: handle.firstExecutionRunId,
    executionStatus: 'RUNNING',
    currentDetails: null,
    pendingActivities: [],
    historyLength: expect.any(Number),
    webUi: `http://ui.test:8233/namespaces/default/workflows/order-${id}`,
  });
  await handle.terminate();
});

test('shows the checklist and the activities that keep failing while a worker runs', async () => {
  const id = await place();
  const worker = await Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    workflowsPath: new URL('./waiting-workflow.ts', import.meta.url).pathname,
    activities: {
      async authorizePayment() {
        throw new Error('no reply');
      },
    },
  });
  const handle = await client.client.workflow.start('waits', {
    workflowId: orderWorkflowId(id),
    taskQueue: temporal.taskQueue,
  });
  const stopped = worker.run();
  const view = async () => (await api.call(`GET /orders/${id}/workflow`)).body;
  await expect.poll(view).toMatchObject({
    executionStatus: 'RUNNING',
    currentDetails: '- ✅ Reserve stock',
    pendingActivities: [{ type: 'authorizePayment', attempt: expect.any(Number), lastFailure: 'no reply' }],
  });
  await handle.terminate();
  worker.shutdown();
  await stopped;
  expect(await view()).toMatchObject({ executionStatus: 'TERMINATED', pendingActivities: [] });
});

test('answers 503 while Temporal is away, and still takes and reads orders', async () => {
  const cutOff = await startApi();
  await seedShop(cutOff.pool);
  try {
    const id = await place(cutOff);
    const { status, headers, body } = await cutOff.call(`GET /orders/${id}/workflow`);
    expect([status, body.type, body.retryable]).toEqual([503, '/problems/temporal-unavailable', true]);
    expect(headers.get('retry-after')).toBe('2');
    expect((await cutOff.call(`GET /orders/${id}`)).status).toBe(200);
    expect((await cutOff.call('GET /readyz')).status).toBe(200);
  } finally {
    await cutOff.stop();
  }
});
