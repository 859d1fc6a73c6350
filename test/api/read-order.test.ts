import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFailedAttempt } from '../../src/db/attempts.ts';
import { record } from '../../src/db/orders/events.ts';
import { intendNotice, markSent } from '../../src/db/orders/notices.ts';
import { transaction } from '../../src/db/pool.ts';
import * as steps from '../../src/db/orders/steps.ts';
import { newId } from '../../src/domain/new-id.ts';
import { customer, newOrder, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

async function place(changes: Record<string, unknown> = {}): Promise<string> {
  const { body } = await api.call('POST /orders', { json: newOrder(changes) });
  return String(body.orderId);
}

test('gives a new order as it is', async () => {
  const id = await place({
    items: [
      { sku: 'SHIRT', quantity: 1 },
      { sku: 'MUG', quantity: 3 },
    ],
  });
  const { status, body } = await api.call(`GET /orders/${id}`);
  expect(status).toBe(200);
  expect(body).toEqual({
    orderId: id,
    workflowId: `order-${id}`,
    status: 'pending',
    paymentStatus: 'none',
    fulfillmentStatus: 'none',
    waitingOn: null,
    paymentAction: null,
    needsAttention: null,
    cancelRequestedAt: null,
    failure: null,
    customer: { ...customer, id: expect.stringMatching(/^cus_/) },
    items: [
      {
        sku: 'SHIRT',
        name: 'Shirt',
        quantity: 1,
        unitPrice: { amountMinor: 2999, currency: 'EUR' },
        lineTotal: { amountMinor: 2999, currency: 'EUR' },
      },
      {
        sku: 'MUG',
        name: 'Mug',
        quantity: 3,
        unitPrice: { amountMinor: 1250, currency: 'EUR' },
        lineTotal: { amountMinor: 3750, currency: 'EUR' },
      },
    ],
    shippingAddress,
    total: { amountMinor: 6749, currency: 'EUR' },
    captured: { amountMinor: 0, currency: 'EUR' },
    refunded: { amountMinor: 0, currency: 'EUR' },
    shipments: [],
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
    links: {
      self: `/orders/${id}`,
      events: `/orders/${id}/events`,
      workflow: `http://ui.test:8233/namespaces/default/workflows/order-${id}`,
      timeline: `/orders/${id}/timeline`,
    },
  });
});

test('finds an order by its id in capital letters as well', async () => {
  const id = await place();
  const { body } = await api.call(`GET /orders/${id.toUpperCase()}`);
  expect(body).toMatchObject({ orderId: id, workflowId: `order-${id}` });
});

test('shows payment, failure and a shipment from the moment its label is bought', async () => {
  const id = await place();
  await api.pool.query(
    `insert into payments (order_id, intent_id, amount_minor, currency, captured_minor, refunded_minor)
     values ($1, 'pi_1', 2500, 'EUR', 2500, 1000)`,
    [id],
  );
  const shipmentId = newId();
  await api.pool.query(
    `insert into shipments (id, order_id, warehouse, reference) values ($1, $2, 'main', $3)`,
    [shipmentId, id, id],
  );
  const planned = await api.call(`GET /orders/${id}`);
  expect(planned.body.shipments).toEqual([]);

  await api.pool.query(
    `update shipments set status = 'in_transit', carrier = 'USPS', tracking_code = 'EZ1', tracking_url = 'https://t.test/1'
     where id = $1`,
    [shipmentId],
  );
  await api.pool.query(
    `update orders set status = 'failed', payment_status = 'refunded', failure_type = 'OutOfStock', failure_detail = 'not enough'
     where id = $1`,
    [id],
  );
  const { body } = await api.call(`GET /orders/${id}`);
  expect(body).toMatchObject({
    status: 'failed',
    paymentStatus: 'refunded',
    failure: { type: 'OutOfStock', detail: 'not enough' },
    captured: { amountMinor: 2500 },
    refunded: { amountMinor: 1000 },
    shipments: [
      {
        id: shipmentId,
        warehouse: 'main',
        status: 'in_transit',
        carrier: 'USPS',
        trackingCode: 'EZ1',
        trackingUrl: 'https://t.test/1',
        items: [{ sku: 'MUG', quantity: 2 }],
      },
    ],
  });
});

test('tells in order every step, attempt, undo, mail, webhook and command', async () => {
  const id = await place();
  await transaction(api.pool, async (tx) => {
    await steps.intend(tx, id, 'reserve_stock');
    const { durationMs } = await steps.land(tx, id, 'reserve_stock');
    await record(tx, id, { type: 'stock.reserved', durationMs }, { status: 'processing' });
    await steps.intend(tx, id, 'authorize_payment');
  });
  await recordFailedAttempt(api.pool, {
    orderId: id,
    runId: 'run-1',
    activity: 'authorizePayment',
    attempt: 1,
    local: false,
    failureType: 'ProviderUnavailable',
    failureMessage: 'no reply',
    worker: 'w-1',
    startedAt: new Date(Date.now() - 12),
    durationMs: 12,
  });
  await api.call(`POST /orders/${id}/cancel`, { json: { reason: 'too slow' } });
  await api.pool.query(
    `insert into provider_events (provider, event_id, type, order_id) values ('stripe', 'evt_1', 'payment_intent.created', $1)`,
    [id],
  );
  await transaction(api.pool, async (tx) => {
    for (const step of ['authorize_payment', 'reserve_stock'] as const) {
      await steps.beginUndo(tx, id, step);
      await steps.finishUndo(tx, id, step);
    }
    await record(tx, id, { type: 'stock.released' });
    await record(tx, id, { type: 'order.cancelled' }, { status: 'cancelled' });
  });
  await intendNotice(api.pool, id, 'cancelled', `<cancelled.${id}@shop.test>`);
  await transaction(api.pool, (tx) => markSent(tx, id, 'cancelled'));

  const { body } = await api.call(`GET /orders/${id}/timeline`);
  expect(body.orderId).toBe(id);
  expect(body.entries.map(({ kind, name }: { kind: string; name: string }) => [kind, name])).toEqual([
    ['status', 'order.accepted'],
    ['step', 'stock.reserved'],
    ['attempt', 'authorizePayment'],
    ['command', 'cancel'],
    ['webhook', 'payment_intent.created'],
    ['undo', 'authorize_payment'],
    ['undo', 'stock.released'],
    ['status', 'order.cancelled'],
    ['notice', 'cancelled'],
  ]);
  const times = body.entries.map(({ at }: { at: string }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
  const entries = Object.fromEntries(body.entries.map((entry: { name: string }) => [entry.name, entry]));
  expect(entries['stock.reserved'].durationMs).toEqual(expect.any(Number));
  expect(entries['authorizePayment']).toMatchObject({
    durationMs: 12,
    detail: { attempt: 1, local: false, failureType: 'ProviderUnavailable', failureMessage: 'no reply' },
  });
  expect(entries['cancel'].detail).toEqual({ requestedBy: 'anonymous', reason: 'too slow' });
  expect(entries['cancelled'].detail).toMatchObject({ state: 'sent' });
});

test('shows a step that is under way', async () => {
  const id = await place();
  await transaction(api.pool, (tx) => steps.intend(tx, id, 'reserve_stock'));
  const { body } = await api.call(`GET /orders/${id}/timeline`);
  expect(body.entries.at(-1)).toMatchObject({
    kind: 'step',
    name: 'reserve_stock',
    durationMs: null,
    number: null,
    detail: { state: 'intended' },
  });
});
