import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEvents } from './event-client.ts';
import { happen, placeOne } from './order-steps.ts';
import { seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

const orders = 50;
const streamsAnOrder = 20;
const streams = orders * streamsAnOrder;

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const patience = { timeout: 20_000 };

test('keeps a thousand streams open in one process, gives each its events once, and ends them all when it drains', async () => {
  const orderIds = await Promise.all(Array.from({ length: orders }, () => placeOne(api)));
  const clients = await Promise.all(
    orderIds.flatMap((orderId) => Array.from({ length: streamsAnOrder }, () => openEvents(api.url, orderId))),
  );
  const all = (ids: readonly number[]) =>
    clients.filter((client) => client.ids().join() === ids.join()).length;
  await expect.poll(() => all([1]), patience).toBe(streams);
  expect(api.live.streams.taken).toBe(streams);

  await Promise.all(orderIds.map((orderId) => happen(api.pool, orderId, 'stock.reserved')));
  await expect.poll(() => all([1, 2]), patience).toBe(streams);

  api.drain();
  const ends = await Promise.all(clients.map((client) => client.ended));
  expect(ends.every((end) => end === 'finished')).toBe(true);
  // Each is told to come back, at a time of its own.
  const delaysMs = clients.map(({ retries }) => retries.at(-1) ?? 0);
  expect(Math.min(...delaysMs)).toBeGreaterThan(0);
  expect(new Set(delaysMs).size).toBeGreaterThan(streams / 10);
  await expect.poll(() => api.live.streams.taken).toBe(0);

  // Whoever comes nevertheless is sent on at once.
  const late = await openEvents(api.url, orderIds[0] ?? '');
  expect([late.status, await late.ended, late.retries.length]).toEqual([200, 'finished', 2]);
});
