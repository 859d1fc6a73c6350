import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { countRows, newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';
import { easypostDelivery, stripeDelivery } from './webhook-signing.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const stripe = 'POST /webhooks/stripe';
const easypost = 'POST /webhooks/easypost';

async function place(): Promise<string> {
  const { body } = await api.call('POST /orders', { json: newOrder() });
  return String(body.orderId);
}

/** An order whose parcel has its label, reserved stock included. */
async function placeWithLabel(trackingCode: string): Promise<string> {
  const id = await place();
  await api.pool.query(
    `insert into shipments (id, order_id, warehouse, reference, status, tracking_code, carrier)
     values ($1, $2, 'main', $3, 'label_bought', $3, 'USPS')`,
    [newId(), id, trackingCode],
  );
  await api.pool.query(
    `insert into reservations (order_id, sku, warehouse, quantity) values ($1, 'MUG', 'main', 2)`,
    [id],
  );
  await api.pool.query(`update stock set reserved = reserved + 2 where sku = 'MUG'`);
  await api.pool.query(
    `update orders set status = 'processing', fulfillment_status = 'reserved' where id = $1`,
    [id],
  );
  return id;
}

async function eventTypes(id: string): Promise<string[]> {
  const { rows } = await api.pool.query<{ type: string }>(
    'select type from order_events where order_id = $1 order by number',
    [id],
  );
  return rows.map(({ type }) => type);
}

test('notes an event of Stripe on the order whose intent it is about, with its type and its ids only', async () => {
  const id = await place();
  await api.pool.query(
    `insert into payments (order_id, intent_id, amount_minor, currency) values ($1, 'pi_known', 2500, 'EUR')`,
    [id],
  );
  const { status, body } = await api.call(stripe, stripeDelivery({ id: 'evt_known', intentId: 'pi_known' }));
  expect([status, body]).toEqual([200, { received: true, repeated: false }]);
  const { rows } = await api.pool.query(
    `select data from order_events where order_id = $1 and type = 'provider.webhook'`,
    [id],
  );
  expect(rows).toEqual([
    { data: { provider: 'stripe', eventId: 'evt_known', type: 'payment_intent.succeeded' } },
  ]);
});

test('finds the order by our own metadata before its intent is known', async () => {
  const id = await place();
  await api.call(stripe, stripeDelivery({ id: 'evt_early', intentId: 'pi_early', orderId: id }));
  expect(await eventTypes(id)).toContain('provider.webhook');
});

test('takes an event once, however often and at once it comes', async () => {
  const id = await place();
  const delivery = stripeDelivery({ id: 'evt_often', orderId: id });
  const answers = await Promise.all(Array.from({ length: 10 }, () => api.call(stripe, delivery)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(answers.filter(({ body }) => !body.repeated)).toHaveLength(1);
  expect((await eventTypes(id)).filter((type) => type === 'provider.webhook')).toHaveLength(1);
});

test.each([
  ['an order that is not ours', stripeDelivery({ id: 'evt_other', orderId: newId() })],
  ['an order by a name that is no id', stripeDelivery({ id: 'evt_odd', orderId: 'nonsense' })],
  ['something that it does not know', stripeDelivery({ id: 'evt_new', type: 'invoice.finalized' })],
])('takes an event of Stripe about %s without effect, and remembers it', async (_what, delivery) => {
  const before = await countRows(api.pool);
  const { status } = await api.call(stripe, delivery);
  expect(status).toBe(200);
  const after = await countRows(api.pool);
  expect(after).toEqual({ ...before, provider_events: (before['provider_events'] ?? 0) + 1 });
});

test('moves the order when the carrier has the parcel, and again when it has arrived', async () => {
  const id = await placeWithLabel('EZ-MOVES');
  const wakes = api.wakes();
  await api.call(easypost, easypostDelivery({ id: 'evt_dispatched', trackingCode: 'EZ-MOVES' }));
  const dispatched = await api.call(`GET /orders/${id}`);
  expect(dispatched.body).toMatchObject({
    fulfillmentStatus: 'shipped',
    shipments: [{ status: 'in_transit' }],
  });
  expect(api.wakes()).toBe(wakes + 1);

  await api.call(
    easypost,
    easypostDelivery({ id: 'evt_delivered', trackingCode: 'EZ-MOVES', status: 'delivered' }),
  );
  const delivered = await api.call(`GET /orders/${id}`);
  expect(delivered.body).toMatchObject({
    fulfillmentStatus: 'delivered',
    shipments: [{ status: 'delivered' }],
  });
  const { rows } = await api.pool.query(
    `select payload from outbox where order_id = $1 and kind = 'signal_order'`,
    [id],
  );
  expect(rows.length).toBeGreaterThan(0);
  const timeline = await api.call(`GET /orders/${id}/timeline`);
  expect(timeline.body.entries.filter(({ kind }: { kind: string }) => kind === 'webhook')).toHaveLength(2);
});

test('moves nothing twice and nothing back: repeated and late events of the carrier', async () => {
  const id = await placeWithLabel('EZ-LATE');
  const delivered = easypostDelivery({ id: 'evt_first', trackingCode: 'EZ-LATE', status: 'delivered' });
  await api.call(easypost, delivered);
  const types = await eventTypes(id);
  const again = await api.call(easypost, delivered);
  expect(again.body).toEqual({ received: true, repeated: true });
  await api.call(
    easypost,
    easypostDelivery({ id: 'evt_second', trackingCode: 'EZ-LATE', status: 'pre_transit' }),
  );
  expect(await eventTypes(id)).toEqual(types);
  expect((await api.call(`GET /orders/${id}`)).body.shipments[0].status).toBe('delivered');
});

test.each([
  ['a parcel that is not ours', easypostDelivery({ id: 'evt_lost', trackingCode: 'EZ-LOST' })],
  ['a batch', easypostDelivery({ id: 'evt_batch', description: 'batch.created', status: 'unheard_of' })],
])('takes an event of EasyPost about %s without effect, and remembers it', async (_what, delivery) => {
  const before = await countRows(api.pool);
  expect((await api.call(easypost, delivery)).status).toBe(200);
  const after = await countRows(api.pool);
  expect(after).toEqual({ ...before, provider_events: (before['provider_events'] ?? 0) + 1 });
});

const tampered = ({ raw, headers }: ReturnType<typeof stripeDelivery>) => ({
  raw: `${String(raw)} `,
  ...(headers && { headers }),
});

test.each([
  ['Stripe, not signed', stripe, { raw: '{}' }],
  ['Stripe, signed by somebody else', stripe, stripeDelivery({ id: 'evt_x' }, { secret: 'whsec_other' })],
  ['Stripe, six minutes old', stripe, stripeDelivery({ id: 'evt_x' }, { ageSeconds: 360 })],
  ['Stripe, changed on its way', stripe, tampered(stripeDelivery({ id: 'evt_x' }))],
  ['Stripe, with EasyPost’s signature', stripe, easypostDelivery({ id: 'evt_x' })],
  ['Stripe, with an id that is no text', stripe, stripeDelivery({ id: 'evt_\0' })],
  ['EasyPost, not signed', easypost, { raw: '{}' }],
  ['EasyPost, signed by somebody else', easypost, easypostDelivery({ id: 'evt_x' }, { secret: 'other' })],
  ['EasyPost, six minutes old', easypost, easypostDelivery({ id: 'evt_x' }, { ageSeconds: 360 })],
  ['EasyPost, changed on its way', easypost, tampered(easypostDelivery({ id: 'evt_x' }))],
  ['nobody, with nothing in it', easypost, {}],
])('refuses a webhook from %s', async (_what, request, delivery) => {
  const before = await countRows(api.pool);
  const { status, body } = await api.call(request, delivery);
  expect([status, body.type]).toEqual([400, '/problems/bad-signature']);
  expect(await countRows(api.pool)).toEqual(before);
});

test('takes nothing beyond a megabyte', async () => {
  const { status } = await api.call(stripe, { raw: 'x'.repeat(1024 * 1024 + 1) });
  expect(status).toBe(413);
});
