import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { startOrder } from '../../src/relay/deliver/start-order.ts';
import { searchAttributes } from '../../src/workflows/order/messages.ts';
import { statusOf } from './runs.ts';
import { commit, openShop, outbox, relayConfig, startMessage, type Shop, type TestRelay } from './shop.ts';

let shop: Shop;
let relay: TestRelay;

beforeAll(async () => {
  shop = await openShop();
  relay = shop.openRelay();
  await relay.startAndReach();
});

afterAll(() => shop.close());

describe('an order that was accepted', () => {
  it('is started straight from its commit, without a look at the outbox', async () => {
    const orderId = newId();
    const message = startMessage();
    const entryId = await commit(shop.pool, orderId, message, relayConfig.leaseMs);
    relay.deliverNow(entryId, orderId, message);
    await expect.poll(() => statusOf(shop.temporal, orderId)).toBe('RUNNING');
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    const delivered = { event: 'outboxDelivered', orderId, kind: 'start_order', path: 'direct' };
    expect(relay.lines).toContainEqual(expect.objectContaining(delivered));
  });

  it('is started with what its workflow, the Web UI and whoever searches need', async () => {
    const orderId = newId();
    const traceParent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const message = startMessage({ traceParent });
    await commit(shop.pool, orderId, message);
    relay.wake();
    await expect.poll(() => statusOf(shop.temporal, orderId)).toBe('RUNNING');
    const handle = shop.temporal.client.workflow.getHandle(orderWorkflowId(orderId));
    const run = await handle.describe();
    expect(run).toMatchObject({ type: 'order', taskQueue: 'orders', memo: { traceParent } });
    expect(await run.staticSummary()).toBe('Order · 3 pieces · 45.99 EUR');
    expect(run.typedSearchAttributes.get(searchAttributes.orderStatus)).toBe('processing');
    expect(run.typedSearchAttributes.get(searchAttributes.waitingOn)).toBe('none');
    expect(run.typedSearchAttributes.get(searchAttributes.needsAttention)).toBe(false);
    expect(run.typedSearchAttributes.get(searchAttributes.customerId)).toBe('customer-1');
    expect(run.typedSearchAttributes.get(searchAttributes.orderTotalMinor)).toBe(4599);
    const [started] = (await handle.fetchHistory()).events ?? [];
    const attributes = started?.workflowExecutionStartedEventAttributes;
    expect(Number(attributes?.workflowTaskTimeout?.seconds)).toBe(3);
    const input: unknown = JSON.parse(Buffer.from(attributes?.input?.payloads?.[0]?.data ?? []).toString());
    expect(input).toEqual({ version: 1, orderId, policy: message.payload.policy });
  });

  it('is started once, however often it is delivered', async () => {
    const orderId = newId();
    const { payload } = startMessage();
    const first = await startOrder(shop.temporal, orderId, payload);
    expect(await startOrder(shop.temporal, orderId, payload)).toBe(first);
  });

  it('is not started again once its run has ended', async () => {
    const orderId = newId();
    const runId = await startOrder(shop.temporal, orderId, startMessage().payload);
    await shop.temporal.client.workflow.getHandle(orderWorkflowId(orderId)).terminate();
    await commit(shop.pool, orderId, startMessage());
    relay.wake();
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    const run = await shop.temporal.client.workflow.getHandle(orderWorkflowId(orderId)).describe();
    expect(run).toMatchObject({ runId, status: { name: 'TERMINATED' } });
  });

  it('is taken up by another relay when the one that accepted it has died, once its lease has ended', async () => {
    const orderId = newId();
    const leaseMs = 1_000;
    const committedAt = Date.now();
    await commit(shop.pool, orderId, startMessage(), leaseMs);
    await expect.poll(() => statusOf(shop.temporal, orderId)).toBe('RUNNING');
    expect(Date.now() - committedAt).toBeGreaterThanOrEqual(leaseMs);
  });
});

it('what finds no room to go out directly is found in the outbox', async () => {
  const narrow = shop.openRelay({ concurrency: 1, bufferSize: 1 });
  await narrow.startAndReach();
  const message = startMessage();
  const ids = Array.from({ length: 10 }, newId);
  // Longer than the direct ones take: what outlasts its lease is delivered once more.
  const leaseMs = 3_000;
  const entries = await Promise.all(ids.map((id) => commit(shop.pool, id, message, leaseMs)));
  for (const [index, id] of ids.entries()) narrow.deliverNow(entries[index] ?? 0, id, message);
  await expect.poll(() => outbox(shop.pool)).toEqual([]);
  const delivered = [...narrow.lines, ...relay.lines].filter(
    ({ event, orderId }) => event === 'outboxDelivered' && ids.includes(String(orderId)),
  );
  expect(delivered).toHaveLength(10);
  expect(delivered.filter(({ path }) => path === 'direct').length).toBeLessThan(10);
});
