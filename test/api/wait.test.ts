import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxWaiters } from '../../src/api/limits.ts';
import type { Answer } from './call.ts';
import { confirmOrder, happen } from './order-steps.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const place = (prefer: string, headers: Record<string, string> = {}, json = newOrder()) =>
  api.call('POST /orders', { json, headers: { Prefer: prefer, ...headers } });

/** Places an order that waits, and gives its id as soon as it has been handed over, and its answer to come. */
async function placeWaiting(prefer: string, headers: Record<string, string> = {}) {
  const before = api.delivered.length;
  const answer = place(prefer, headers);
  await expect.poll(() => api.delivered.length).toBeGreaterThan(before);
  return { orderId: api.delivered.at(-1)?.orderId ?? '', answer };
}

/** Status, preference applied, and the order's status. */
function gist({ status, headers, body }: Answer) {
  return [status, headers.get('preference-applied'), body.status];
}

/** The gist of the usual answer. */
const usual = [202, null, 'pending'];

test('answers with the order once it is confirmed', async () => {
  const { orderId, answer } = await placeWaiting('wait=20');
  await confirmOrder(api.pool, orderId);
  const { status, headers, body } = await answer;
  expect(status).toBe(200);
  expect(headers.get('preference-applied')).toBe('wait=20');
  expect(headers.get('location')).toBe(`/orders/${orderId}`);
  expect(body.status).toBe('confirmed');
  expect(body).toEqual((await api.call(`GET /orders/${orderId}`)).body);
});

test('answers with the order once it has ended without being confirmed', async () => {
  const { orderId, answer } = await placeWaiting('respond-async, wait=20');
  await api.pool.query(
    `update orders set failure_type = 'OutOfStock', failure_detail = 'none left' where id = $1`,
    [orderId],
  );
  await happen(api.pool, orderId, 'order.failed', { status: 'failed' });
  const { status, body } = await answer;
  expect([status, body.status, body.failure.type]).toEqual([200, 'failed', 'OutOfStock']);
});

test('gives the usual answer when nothing has come of the order in time', async () => {
  const startedMs = performance.now();
  const { orderId, answer } = await placeWaiting('wait=1');
  await happen(api.pool, orderId, 'stock.reserved', { status: 'processing' });
  expect(gist(await answer)).toEqual(usual);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_000);
});

test.each(['wait', 'wait=soon', 'wait=-5', 'wait=0', 'return=minimal'])(
  'takes no notice of Prefer: %s',
  async (prefer) => {
    expect(gist(await place(prefer))).toEqual(usual);
  },
);

test('keeps the usual answer for a repeat, which waits for nothing, and whatever it prefers', async () => {
  const key = { 'Idempotency-Key': 'waited-for' };
  const { orderId, answer } = await placeWaiting('wait=20', key);
  const early = await place('wait=20', key);
  await confirmOrder(api.pool, orderId);
  expect((await answer).status).toBe(200);
  const late = await place('wait=1', key);
  const plain = await api.call('POST /orders', { json: newOrder(), headers: key });
  for (const repeat of [early, late, plain]) {
    expect(gist(repeat)).toEqual(usual);
    expect([repeat.body.orderId, repeat.headers.get('idempotent-replay')]).toEqual([orderId, 'true']);
  }
});

test('gives the usual answer at once when too many wait already', async () => {
  const leaves = Array.from({ length: maxWaiters }, () => api.live.waiters.enter());
  expect(gist(await place('wait=20'))).toEqual(usual);
  for (const leave of leaves) leave();
});

test('waits no more for a client that has gone away', async () => {
  const gone = new AbortController();
  const request = fetch(`${api.url}/orders`, {
    method: 'POST',
    body: JSON.stringify(newOrder()),
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    signal: gone.signal,
  });
  await expect.poll(() => api.live.waiters.taken).toBe(1);
  gone.abort();
  await expect(request).rejects.toThrow('aborted');
  await expect.poll(() => api.live.waiters.taken).toBe(0);
});

test('gives the usual answer when the outcome cannot be read: the order is accepted all the same', async () => {
  const { orderId, answer } = await placeWaiting('wait=20');
  await api.pool.query('alter table payments rename to away');
  await confirmOrder(api.pool, orderId);
  expect(gist(await answer)).toEqual(usual);
  await api.pool.query('alter table away rename to payments');
});

test('gives the usual answer at once when the process is ending', async () => {
  const { answer } = await placeWaiting('wait=30');
  api.drain();
  expect(gist(await answer)).toEqual(usual);
  expect(gist(await place('wait=30'))).toEqual(usual);
});
