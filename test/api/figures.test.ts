import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enqueue } from '../../src/db/outbox.ts';
import { transaction } from '../../src/db/pool.ts';
import { recordSales, reverseSales } from '../../src/db/orders/sales.ts';
import { makeSummary } from '../../src/db/reports/summaries.ts';
import { utcDay } from '../../src/domain/days.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.pool.query('truncate sales, sales_by_day, product_sales, product_sales_by_day');
});

type Items = { sku: string; quantity: number }[];

/** Places an order and has its sale written, as many days ago. */
async function sell(items: Items, daysAgo = 0): Promise<string> {
  const { body } = await api.call('POST /orders', { json: newOrder({ items }) });
  await recordSales(api.pool, [await owe(body.orderId, 'sale', daysAgo)]);
  return body.orderId;
}

async function takeBack(orderId: string): Promise<void> {
  await reverseSales(api.pool, [await owe(orderId, 'sale_reversed', 0)]);
}

async function owe(orderId: string, kind: 'sale' | 'sale_reversed', daysAgo: number): Promise<number> {
  const id = await transaction(api.pool, (tx) => enqueue(tx, orderId, { kind, payload: {} }));
  await api.pool.query(
    `update outbox set created_at = created_at - $2::integer * interval '1 day' where id = $1`,
    [id, daysAgo],
  );
  return id;
}

const day = (daysAgo: number) => utcDay(new Date(), daysAgo);
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const mugs = (quantity: number) => ({ sku: 'MUG', quantity });
const shirts = (quantity: number) => ({ sku: 'SHIRT', quantity });

async function ranked(query: string): Promise<unknown[]> {
  const { body } = await api.call(`GET /leaderboard?${query}`);
  return body.items.map((item: any) => [item.rank, item.sku, item.quantity, item.revenue]);
}

describe('the leaderboard', () => {
  test('is empty before anything is sold', async () => {
    const { status, body } = await api.call('GET /leaderboard');
    expect([status, body]).toEqual([
      200,
      { by: 'quantity', period: 'week', from: day(6), currency: null, items: [] },
    ]);
  });

  test('ranks products by what was sold in the period', async () => {
    await sell([mugs(3), shirts(2)]);
    await sell([shirts(2)], 6);
    await sell([mugs(50)], 7);
    expect(await ranked('period=day')).toEqual([
      [1, 'MUG', 3, euros(3750)],
      [2, 'SHIRT', 2, euros(5998)],
    ]);
    expect(await ranked('period=day&by=revenue&limit=1')).toEqual([[1, 'SHIRT', 2, euros(5998)]]);
    expect(await ranked('')).toEqual([
      [1, 'SHIRT', 4, euros(11_996)],
      [2, 'MUG', 3, euros(3750)],
    ]);
    expect(await ranked('period=month&limit=1')).toEqual([[1, 'MUG', 53, euros(66_250)]]);
    expect(await ranked('period=all&limit=1')).toEqual([[1, 'MUG', 53, euros(66_250)]]);
  });

  test('counts nothing that was cancelled since', async () => {
    await sell([mugs(1)]);
    await takeBack(await sell([mugs(4), shirts(4)], 2));
    for (const period of ['week', 'month', 'all']) {
      const { body } = await api.call(`GET /leaderboard?period=${period}`);
      expect(body.items).toEqual([{ rank: 1, sku: 'MUG', name: 'Mug', quantity: 1, revenue: euros(1250) }]);
    }
  });

  test('has one currency, the one asked for or the one most sold in', async () => {
    await sell([mugs(3)]);
    await sell([{ sku: 'CAP', quantity: 2 }]);
    const main = await api.call('GET /leaderboard');
    expect([main.body.currency, main.body.items.length]).toEqual(['EUR', 1]);
    const { body } = await api.call('GET /leaderboard?currency=USD');
    expect(body.items).toMatchObject([{ sku: 'CAP', revenue: { amountMinor: 3998, currency: 'USD' } }]);
  });

  test.each(['by=price', 'period=year', 'limit=0', 'limit=101', 'currency=euro', 'days=3'])(
    'answers 422 to %s',
    async (query) => {
      const { status, body } = await api.call(`GET /leaderboard?${query}`);
      expect([status, body.errors[0].in]).toEqual([422, 'query']);
    },
  );
});

describe('the daily report', () => {
  const none = { orders: 0, pieces: 0, revenue: euros(0) };

  test('tells what was sold and what was taken back day by day', async () => {
    await sell([mugs(3), shirts(2)], 1);
    await takeBack(await sell([mugs(1)], 1));
    await sell([mugs(1)]);
    const { status, body } = await api.call('GET /reports/daily');
    expect(status).toBe(200);
    expect(body).toEqual({
      from: day(29),
      to: day(0),
      items: [
        {
          date: day(1),
          sold: { orders: 2, pieces: 6, revenue: euros(10_998) },
          reversed: none,
          net: euros(10_998),
        },
        {
          date: day(0),
          sold: { orders: 1, pieces: 1, revenue: euros(1250) },
          reversed: { orders: 1, pieces: 1, revenue: euros(1250) },
          net: euros(0),
        },
      ],
    });
  });

  test('gives the days asked for, both ends included', async () => {
    for (const daysAgo of [10, 9, 8, 7]) await sell([mugs(1)], daysAgo);
    const { body } = await api.call(`GET /reports/daily?from=${day(9)}&to=${day(8)}`);
    expect(body.items.map((item: any) => item.date)).toEqual([day(9), day(8)]);
    expect((await api.call(`GET /reports/daily?to=${day(8)}`)).body.from).toBe(day(37));
    expect((await api.call(`GET /reports/daily?from=${day(40)}`)).body.to).toBe(day(0));
  });

  test.each([
    'from=2026-02-30',
    'from=0000-01-01',
    'from=1999-12-31&to=2000-01-02',
    'to=yesterday',
    'from=2026-01-02&to=2026-01-01',
    'from=2024-01-01&to=2025-01-01',
    'from=9999-12-31',
    'since=2026-01-01',
    'timeZone=Mars/Olympus',
  ])('answers 422 to %s', async (query) => {
    const { status, body } = await api.call(`GET /reports/daily?${query}`);
    expect([status, body.errors[0].in]).toEqual([422, 'query']);
  });

  test('has what was added up for days of a place, where that is asked for', async () => {
    await sell([mugs(3), shirts(2)], 1);
    await takeBack(await sell([mugs(1)], 1));
    await makeSummary(api.pool, { period: 'day', firstDay: day(1), timeZone: 'UTC' });
    const { id } = await makeSummary(api.pool, { period: 'day', firstDay: day(0), timeZone: 'UTC' });
    await makeSummary(api.pool, { period: 'day', firstDay: day(1), timeZone: 'Asia/Tokyo' });
    await makeSummary(api.pool, { period: 'week', firstDay: day(1), timeZone: 'UTC' });
    const plain = await api.call('GET /reports/daily');
    const { status, body } = await api.call('GET /reports/daily?timeZone=UTC');
    expect([status, body.summaries.length]).toEqual([200, 2]);
    const [today, before] = body.summaries;
    expect(body).toEqual({ ...plain.body, summaries: [today, before] });
    expect(today).toMatchObject({
      summaryId: id,
      date: day(0),
      timeZone: 'UTC',
      sales: [
        {
          sold: none,
          reversed: { orders: 1, pieces: 1, revenue: euros(1250) },
          net: euros(-1250),
        },
      ],
    });
    const [, sold] = plain.body.items.toReversed();
    expect(before).toMatchObject({
      date: day(1),
      sales: [{ sold: sold.sold, reversed: none, net: sold.net }],
      bestSellers: [
        { sku: 'MUG', name: 'Mug', quantity: 3, revenue: euros(3750) },
        { sku: 'SHIRT', quantity: 2 },
      ],
    });
    expect(before.sales[0].netByHour).toHaveLength(24);
    expect(before.orders.placed).toEqual(expect.any(Number));
    const elsewhere = await api.call(`GET /reports/daily?timeZone=Asia/Tokyo&from=${day(1)}&to=${day(1)}`);
    expect(elsewhere.body.summaries).toMatchObject([{ date: day(1), timeZone: 'Asia/Tokyo' }]);
    expect((await api.call('GET /reports/daily?timeZone=Europe/Rome')).body.summaries).toEqual([]);
  });

  test('takes a whole leap year', async () => {
    expect((await api.call('GET /reports/daily?from=2024-01-01&to=2024-12-31')).status).toBe(200);
  });
});
