import { afterAll, beforeAll, expect, test } from 'vitest';
import { customer, newOrder, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

async function row(statement: string, values: unknown[]): Promise<Record<string, any> | undefined> {
  const { rows } = await api.pool.query<Record<string, any>>(statement, values);
  return rows[0];
}

test('accepts an order and answers with its ids, its total and where to go on', async () => {
  const { status, headers, body } = await api.call('POST /orders', { json: newOrder() });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/orders/${body.orderId}`);
  expect(body).toEqual({
    orderId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    workflowId: `order-${body.orderId}`,
    status: 'pending',
    total: { amountMinor: 2500, currency: 'EUR' },
    links: {
      self: `/orders/${body.orderId}`,
      events: `/orders/${body.orderId}/events`,
      workflow: `http://ui.test:8233/namespaces/default/workflows/order-${body.orderId}`,
    },
  });
});

test('takes each price as it is in the catalogue, whatever it was for the order before', async () => {
  const price = { amountMinor: 100, currency: 'EUR' };
  await api.call('POST /products', { json: { sku: 'CUP', name: 'Cup', price, weightGrams: 200 } });
  const order = newOrder({ items: [{ sku: 'CUP', quantity: 2 }] });
  const headers = { 'Idempotency-Key': 'cups' };
  const first = await api.call('POST /orders', { json: order, headers });
  expect(first.body.total).toEqual({ amountMinor: 200, currency: 'EUR' });

  await api.pool.query(`update products set price_minor = 150, currency = 'USD' where sku = 'CUP'`);
  const second = await api.call('POST /orders', { json: order });
  expect(second.body.total).toEqual({ amountMinor: 300, currency: 'USD' });
  const repeat = await api.call('POST /orders', { json: order, headers });
  expect(repeat).toMatchObject({ status: 202, body: first.body });
});

test('commits the order, its lines, its first event and its outbox entry, leased to this process', async () => {
  const items = [
    { sku: 'SHIRT', quantity: 1 },
    { sku: 'MUG', quantity: 3 },
  ];
  const metadata = { cart: 'c-1', note: 'ring twice 🔔' };
  const { body } = await api.call('POST /orders', { json: newOrder({ items, metadata }) });
  const id: string = body.orderId;

  expect(await row('select * from orders where id = $1', [id])).toMatchObject({
    status: 'pending',
    customer_email: customer.email,
    customer_name: customer.name,
    shipping_address: shippingAddress,
    payment_method: 'pm_card_visa',
    metadata,
    total_minor: 6749,
    currency: 'EUR',
    last_event_number: 1,
  });
  const { rows: lines } = await api.pool.query(
    'select line_number, sku, name, quantity, unit_price_minor, weight_grams from order_lines where order_id = $1 order by 1',
    [id],
  );
  expect(lines).toEqual([
    { line_number: 1, sku: 'SHIRT', name: 'Shirt', quantity: 1, unit_price_minor: 2999, weight_grams: 220 },
    { line_number: 2, sku: 'MUG', name: 'Mug', quantity: 3, unit_price_minor: 1250, weight_grams: 380 },
  ]);
  expect(await row('select number, type, data from order_events where order_id = $1', [id])).toEqual({
    number: 1,
    type: 'order.accepted',
    data: { totalMinor: 6749, currency: 'EUR' },
  });
  const entry = await row('select *, leased_until > now() as leased from outbox where order_id = $1', [id]);
  expect(entry).toMatchObject({ lane: `order:${id}`, kind: 'start_order', leased: true });
  const handedOver = api.delivered.find(({ orderId }) => orderId === id);
  expect(handedOver?.entryId).toBe(entry?.['id']);
  expect(handedOver?.message.payload).toEqual(entry?.['payload']);
  expect(entry?.['payload']).toMatchObject({ totalMinor: 6749, currency: 'EUR', pieces: 4 });
});

test('makes an opaque customer id from the address, the same for any spelling of it, and keeps the shop’s own', async () => {
  const ids = await Promise.all(
    [customer, { ...customer, email: 'ADA@example.com' }, { ...customer, id: 'shop-42' }].map(async (one) => {
      const { body } = await api.call('POST /orders', { json: newOrder({ customer: one }) });
      const order = await api.call(`GET /orders/${body.orderId}`);
      return String(order.body.customer.id);
    }),
  );
  expect(ids[0]).toMatch(/^cus_[0-9a-f]{32}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).toBe('shop-42');
});

test('carries the caller’s trace into the start of the workflow and into the log', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const { body } = await api.call('POST /orders', { json: newOrder(), headers });
  const handedOver = api.delivered.find(({ orderId }) => orderId === body.orderId);
  expect(handedOver?.message.payload.traceParent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  expect(api.log).toContainEqual(
    expect.objectContaining({ event: 'orderAccepted', orderId: body.orderId, traceId }),
  );
});

test('takes prices from the catalogue as they are at that moment', async () => {
  await api.pool.query(
    `insert into products (sku, name, price_minor, currency) values ('TEA', 'Tea', 500, 'EUR')`,
  );
  const json = newOrder({ items: [{ sku: 'TEA', quantity: 1 }] });
  const before = await api.call('POST /orders', { json });
  await api.pool.query(`update products set price_minor = 700 where sku = 'TEA'`);
  const after = await api.call('POST /orders', { json });
  expect([before.body.total.amountMinor, after.body.total.amountMinor]).toEqual([500, 700]);
});

test('takes every limit to its edge', async () => {
  await api.pool.query(
    `insert into products (sku, name, price_minor, currency) select 'P-' || n, 'P', 1, 'EUR' from generate_series(1, 100) n`,
  );
  const items = Array.from({ length: 100 }, (_, index) => ({ sku: `P-${index + 1}`, quantity: 1000 }));
  const metadata = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`${index + 10}${'🔑'.repeat(498)}`, '🎁'.repeat(500)]),
  );
  const { status, body } = await api.call('POST /orders', { json: newOrder({ items, metadata }) });
  expect(status).toBe(202);
  expect(body.total.amountMinor).toBe(100_000);
});

test('takes the largest total that one payment takes', async () => {
  const { status } = await api.call('POST /orders', {
    json: newOrder({ items: [{ sku: 'RING', quantity: 1 }] }),
  });
  expect(status).toBe(202);
});
