import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTail, type Following, type Tail } from '../../src/api/live/tail.ts';
import { tailPace, type TailPace } from '../../src/api/limits.ts';
import { readNextEvents } from '../../src/db/orders/event-tail.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { happen, placeOne } from './order-steps.ts';
import { seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
const tails: Tail[] = [];
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterEach(() => {
  for (const tail of tails.splice(0)) tail.stop();
});
afterAll(() => api.stop());

const log: unknown[] = [];
const logger = createLogger(
  { level: 'debug', format: 'json' },
  {},
  { write: (line) => log.push(JSON.parse(line).event) },
);

function openTail(pace: Partial<TailPace> = {}): Tail {
  const tail = createTail({
    read: (positions, limit) => readNextEvents(api.pool, positions, limit),
    logger,
    pace: { ...tailPace, ...pace },
  });
  tails.push(tail);
  return tail;
}

/** A follower that keeps the numbers it was given, and takes as many at a time as it may. */
function followed(tail: Tail, orderId: string, takesMore: () => boolean = () => true) {
  const numbers: number[] = [];
  const following: Following = tail.follow(orderId, 0, {
    take(events) {
      numbers.push(...events.map(({ number }) => number));
      return takesMore();
    },
    stopped: () => numbers.push(Number.NaN),
  });
  return { numbers, following };
}

test('sends no statement while nobody follows, nor after the last one has gone', async () => {
  const tail = openTail({ longestPauseMs: 10 });
  const orderId = await placeOne(api);
  const statements = vi.spyOn(api.pool, 'query');
  await pause(100);
  expect(statements).not.toHaveBeenCalled();
  const { numbers, following } = followed(tail, orderId);
  await expect.poll(() => numbers).toEqual([1]);
  following.stop();
  await pause(50);
  const sent = statements.mock.calls.length;
  await pause(100);
  expect(statements.mock.calls.length).toBe(sent);
});

test('looks for many orders by one statement', async () => {
  const tail = openTail({ shortestPauseMs: 60_000, longestPauseMs: 60_000 });
  const orderIds = await Promise.all(Array.from({ length: 40 }, () => placeOne(api)));
  const statements = vi.spyOn(api.pool, 'query');
  const followers = orderIds.map((orderId) => followed(tail, orderId));
  await expect.poll(() => followers.every(({ numbers }) => numbers.length === 1)).toBe(true);
  expect(statements.mock.calls.length).toBeLessThanOrEqual(2);
});

test('looks ever less often for an order to which nothing happens, and often again once something has', async () => {
  const tail = openTail({ shortestPauseMs: 5, pauseFactor: 4, longestPauseMs: 60_000 });
  const orderId = await placeOne(api);
  const statements = vi.spyOn(api.pool, 'query');
  const { numbers } = followed(tail, orderId);
  await expect.poll(() => statements.mock.calls.length).toBeGreaterThanOrEqual(5);
  expect(statements.mock.calls.length).toBeLessThan(8);
  await happen(api.pool, orderId, 'stock.reserved');
  await expect.poll(() => numbers).toEqual([1, 2]);
});

test('gives a follower no more than it takes', async () => {
  const tail = openTail({ eventsPerLook: 2 });
  const orderId = await placeOne(api);
  for (let count = 0; count < 4; count += 1) await happen(api.pool, orderId, 'provider.webhook');
  const { numbers, following } = followed(tail, orderId, () => false);
  const witness = followed(tail, orderId);
  await expect.poll(() => witness.numbers).toEqual([1, 2, 3, 4, 5]);
  expect(numbers).toEqual([1, 2]);
  following.goOn();
  await expect.poll(() => numbers).toEqual([1, 2, 3, 4]);
});

test('goes on where it was once the database is back, and says once that it was away', async () => {
  const tail = openTail({ longestPauseMs: 20 });
  const orderId = await placeOne(api);
  const { numbers } = followed(tail, orderId);
  await expect.poll(() => numbers).toEqual([1]);
  await api.pool.query('alter table order_events rename to away');
  await expect.poll(() => log).toContain('eventsNotRead');
  await pause(300);
  await api.pool.query('alter table away rename to order_events');
  await happen(api.pool, orderId, 'stock.reserved');
  await expect.poll(() => numbers).toEqual([1, 2]);
  expect(log.filter((event) => event === 'eventsNotRead')).toHaveLength(1);
});

test('tells everybody that it stops, and whoever comes later', async () => {
  const tail = openTail();
  const orderId = await placeOne(api);
  const early = followed(tail, orderId);
  await expect.poll(() => early.numbers).toEqual([1]);
  tail.stop();
  expect(early.numbers).toEqual([1, Number.NaN]);
  const late = followed(tail, orderId);
  await expect.poll(() => late.numbers).toEqual([Number.NaN]);
});
