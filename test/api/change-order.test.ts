import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { transaction } from '../../src/db/pool.ts';
import * as steps from '../../src/db/orders/steps.ts';
import { newOrder, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

let id: string;
beforeEach(async () => {
  const { body } = await api.call('POST /orders', { json: newOrder() });
  id = body.orderId;
});

const moved = { ...shippingAddress, line1: '1 Quiet Lane', city: 'Oakland', postalCode: '94601' };
const patch = (address: Record<string, unknown> = moved, headers: Record<string, string> = {}) =>
  api.call(`PATCH /orders/${id}`, { json: { shippingAddress: address }, headers });
const eventsOf = async () =>
  (await api.pool.query('select type, data from order_events where order_id = $1 order by number', [id]))
    .rows;

test('changes where an order goes, and keeps who did it but no address in its event', async () => {
  const { status, body } = await patch();
  expect([status, body.shippingAddress]).toEqual([200, moved]);
  expect((await api.call(`GET /orders/${id}`)).body.shippingAddress).toEqual(moved);
  expect((await eventsOf()).at(-1)).toEqual({
    type: 'order.address_changed',
    data: { requestedBy: 'anonymous' },
  });
  const { body: timeline } = await api.call(`GET /orders/${id}/timeline`);
  expect(timeline.entries.at(-1)).toMatchObject({ kind: 'command', name: 'change_address' });
  expect(JSON.stringify([await eventsOf(), timeline])).not.toContain('Quiet Lane');
});

test('leaves out what the new address does not have', async () => {
  const { region: _left, ...rest } = moved;
  await patch({ ...moved, line2: 'second floor' });
  expect((await patch(rest)).body.shippingAddress).toEqual(rest);
});

test('changes nothing for the same address once more', async () => {
  await patch();
  expect((await patch()).status).toBe(200);
  expect(await eventsOf()).toHaveLength(2);
});

test('refuses from the moment on at which the label is about to be bought', async () => {
  await transaction(api.pool, (tx) => steps.intend(tx, id, 'buy_label'));
  const { status, body } = await patch();
  expect([status, body.type]).toEqual([409, '/problems/command-refused']);
  expect(body.detail).toBe(
    'The label has been bought, or is being bought; the address cannot be changed any more.',
  );
  expect((await api.call(`GET /orders/${id}`)).body.shippingAddress).toEqual(shippingAddress);
});

test('refuses a change that waited for the commit by which the label is about to be bought', async () => {
  const worker = await api.pool.connect();
  try {
    await worker.query('begin');
    await worker.query('select from orders where id = $1 for no key update', [id]);
    await steps.intend(worker, id, 'buy_label');
    const answer = patch();
    await expect
      .poll(
        async () =>
          (
            await api.pool.query(
              `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
            )
          ).rowCount,
      )
      .toBeGreaterThan(0);
    await worker.query('commit');
    expect((await answer).status).toBe(409);
  } finally {
    worker.release();
  }
});

test('refuses once a cancel is accepted, and once the order has ended', async () => {
  await api.call(`POST /orders/${id}/cancel`);
  expect((await patch()).body.detail).toBe(
    'The order is being undone; its address cannot be changed any more.',
  );
  await api.pool.query(`update orders set status = 'cancelled' where id = $1`, [id]);
  expect((await patch()).body.detail).toBe('The order is cancelled; its address cannot be changed any more.');
});

test.each([
  ['an address without a city', { ...moved, city: undefined }, '#/shippingAddress/city'],
  ['a country that is none', { ...moved, country: 'XX' }, '#/shippingAddress/country'],
])('refuses %s', async (_what, address, pointer) => {
  const { status, body } = await patch(address);
  expect(status).toBe(422);
  expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
});

test('changes nothing else', async () => {
  const { status, body } = await api.call(`PATCH /orders/${id}`, {
    json: { shippingAddress: moved, status: 'cancelled' },
  });
  expect([status, body.errors]).toEqual([422, [{ pointer: '#/status', detail: 'is not a known member' }]]);
});
