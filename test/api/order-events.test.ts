import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxEventStreams } from '../../src/api/limits.ts';
import { newId } from '../../src/domain/new-id.ts';
import { isDocumentedAs } from './contract.ts';
import { idsOnce, openEvents } from './event-client.ts';
import { confirmOrder, happen, placeOne } from './order-steps.ts';
import { customer, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const from = (number: number) => ({ 'Last-Event-ID': String(number) });
const follow = (orderId: string, headers = {}) => openEvents(api.url, orderId, headers);

describe('the stream of an order', () => {
  test('gives what has happened and then what happens, as it is committed', async () => {
    const orderId = await placeOne(api);
    await happen(api.pool, orderId, 'stock.reserved', { status: 'processing' });
    const client = await follow(orderId);
    expect(await idsOnce(client, 2)).toEqual([1, 2]);
    await happen(api.pool, orderId, 'payment.authorized', { paymentStatus: 'authorized' });
    await happen(api.pool, orderId, 'order.confirmed', { status: 'confirmed' });
    expect(await idsOnce(client, 4)).toEqual([1, 2, 3, 4]);
    expect(client.events.map(({ event }) => event)).toEqual([
      'order.accepted',
      'stock.reserved',
      'payment.authorized',
      'order.confirmed',
    ]);
    for (const { id, event, data } of client.events) {
      expect(data).toMatchObject({ orderId, number: id, type: event });
      expect(isDocumentedAs('OrderEvent', data)).toBe(true);
    }
    client.close();
  });

  test('is none that a cache or a proxy may keep', async () => {
    const client = await follow(await placeOne(api));
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    client.close();
  });

  test('goes on behind the event that the client had last', async () => {
    const orderId = await placeOne(api);
    await confirmOrder(api.pool, orderId);
    const client = await follow(orderId, from(2));
    expect(await idsOnce(client, 2)).toEqual([3, 4]);
    await happen(api.pool, orderId, 'shipment.label_bought');
    expect(await idsOnce(client, 3)).toEqual([3, 4, 5]);
    client.close();
  });

  test.each(['', 'abc', '-1', '1.5', '0x1', '9'.repeat(30)])(
    'begins anew for a client that had %j last, which is no event',
    async (last) => {
      const client = await follow(await placeOne(api), { 'Last-Event-ID': last });
      expect(await idsOnce(client, 1)).toEqual([1]);
      client.close();
    },
  );

  test('gives the next event to a client that says it has more than there are', async () => {
    const orderId = await placeOne(api);
    const client = await follow(orderId, from(900));
    await happen(api.pool, orderId, 'stock.reserved');
    expect(await idsOnce(client, 1)).toEqual([2]);
    client.close();
  });

  test.each(['order.completed', 'order.failed', 'order.cancelled'] as const)(
    'ends with %s, whatever is told after it',
    async (end) => {
      const orderId = await placeOne(api);
      const early = await follow(orderId);
      await happen(api.pool, orderId, end);
      await happen(api.pool, orderId, 'notice.sent');
      expect(await early.ended).toBe('finished');
      expect(early.events.map(({ event }) => event)).toEqual(['order.accepted', end]);

      const late = await follow(orderId, from(1));
      expect(await late.ended).toBe('finished');
      expect(late.ids()).toEqual([2]);
    },
  );

  test('is over for a client that comes back behind its end', async () => {
    const orderId = await placeOne(api);
    await happen(api.pool, orderId, 'order.completed');
    await happen(api.pool, orderId, 'notice.sent');
    for (const number of [2, 3, 900]) {
      const { status, body } = await api.call(`GET /orders/${orderId}/events`, { headers: from(number) });
      expect([status, body]).toEqual([204, '']);
    }
  });

  test('is linked from the order and from the answer to placing it', async () => {
    const orderId = await placeOne(api);
    const { body } = await api.call(`GET /orders/${orderId}`);
    expect(body.links.events).toBe(`/orders/${orderId}/events`);
    const client = await openEvents(api.url, orderId);
    expect(client.status).toBe(200);
    client.close();
  });

  test('tells nothing about the person who ordered', async () => {
    const orderId = await placeOne(api);
    await api.call(`POST /orders/${orderId}/cancel`, { json: { reason: `asked by ${customer.name}` } });
    const client = await follow(orderId);
    expect(await idsOnce(client, 2)).toEqual([1, 2]);
    for (const personal of [customer.email, customer.name, shippingAddress.line1, shippingAddress.postalCode])
      expect(client.text()).not.toContain(personal);
    client.close();
  });

  test('of no order is answered with 404', async () => {
    expect((await api.call(`GET /orders/${newId()}/events`)).status).toBe(404);
    expect((await api.call('GET /orders/none/events')).status).toBe(404);
  });

  test('takes no place when only its head is asked for, and gives its place back when it ends', async () => {
    const orderId = await placeOne(api);
    const { status, headers } = await api.call(`HEAD /orders/${orderId}/events`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await expect.poll(() => api.live.streams.taken).toBe(0);
    const clients = await Promise.all([follow(orderId), follow(orderId)]);
    await expect.poll(() => api.live.streams.taken).toBe(2);
    clients[0].close();
    await expect.poll(() => api.live.streams.taken).toBe(1);
    await happen(api.pool, orderId, 'order.failed');
    await clients[1].ended;
    await expect.poll(() => api.live.streams.taken).toBe(0);
  });

  test('is refused for a while once there are too many', async () => {
    const orderId = await placeOne(api);
    const leaves = Array.from({ length: maxEventStreams }, () => api.live.streams.enter());
    const { status, headers, body } = await api.call(`GET /orders/${orderId}/events`);
    expect([status, body.type]).toEqual([503, '/problems/too-many-streams']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    for (const leave of leaves) leave();
  });
});

test('logs a stream that its client has left as served', async () => {
  const orderId = await placeOne(api);
  const client = await follow(orderId);
  expect(await idsOnce(client, 1)).toEqual([1]);
  client.close();
  const served = { event: 'requestServed', route: '/orders/{id}/events' };
  await expect
    .poll(() => api.log.findLast((line) => line['event'] === 'requestServed'))
    .toMatchObject(served);
  expect(api.log.filter((line) => line['route'] === '/orders/{id}/events')).not.toContainEqual(
    expect.objectContaining({ status: 499 }),
  );
});
