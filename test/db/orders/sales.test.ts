import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { enqueue } from '../../../src/db/outbox.ts';
import { transaction } from '../../../src/db/pool.ts';
import { readDailySales, readLeaderboard } from '../../../src/db/reports/sales-figures.ts';
import { recordSales, reverseSales } from '../../../src/db/orders/sales.ts';
import { newId } from '../../../src/domain/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await pool.query(`insert into products (sku, name, price_minor, currency)
    values ('MUG', 'Mug', 600, 'EUR'), ('PEN', 'Pen', 500, 'EUR'), ('CAP', 'Cap', 700, 'USD')`);
});
afterAll(() => database.drop());
beforeEach(() => pool.query('truncate sales, sales_by_day, product_sales, product_sales_by_day'));

type Lines = Record<string, number>;
const prices: Lines = { MUG: 600, PEN: 500, CAP: 700 };

/** An order of so many of each, and the entry of the outbox that owes its sale. */
async function owe(kind: 'sale' | 'sale_reversed', orderId: string, at: string): Promise<number> {
  const id = await transaction(pool, (tx) => enqueue(tx, orderId, { kind, payload: {} }));
  await pool.query('update outbox set created_at = $2 where id = $1', [id, at]);
  return id;
}

async function order(lines: Lines): Promise<string> {
  const id = newId();
  const currency = 'CAP' in lines ? 'USD' : 'EUR';
  await pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method, total_minor,
       currency) values ($1, 'c', 'c@shop.example', 'C', '{}', 'pm_card_visa', 1700, $2)`,
    [id, currency],
  );
  for (const [index, [sku, quantity]] of Object.entries(lines).entries()) {
    await pool.query(
      `insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
       values ($1, $2, $3, $3, $4, $5, 300)`,
      [id, index + 1, sku, quantity, prices[sku]],
    );
  }
  return id;
}

async function sell(lines: Lines, at: string): Promise<string> {
  const id = await order(lines);
  await recordSales(pool, [await owe('sale', id, at)]);
  return id;
}

/** Every figure there is. */
async function figures() {
  const tables = ['sales_by_day', 'product_sales_by_day', 'product_sales'];
  const all = tables.map(
    (table) => `(select coalesce(jsonb_agg(t order by t), '[]') from ${table} t) as ${table}`,
  );
  const { rows } = await pool.query(`select ${all.join(', ')}`);
  return rows[0];
}

/** The same, added up anew from every single sale. */
async function figuresAnew() {
  const { rows } = await pool.query(`
    with kept as (select *, (sold_at at time zone 'UTC')::date as day from sales where reversed_at is null),
    days as (
      select (sold_at at time zone 'UTC')::date as day, currency, order_id, quantity, amount_minor, 1 as sold from sales
      union all
      select (reversed_at at time zone 'UTC')::date, currency, order_id, quantity, amount_minor, 0 from sales
      where reversed_at is not null
    )
    select
      (select jsonb_agg(t order by t) from (
        select day, currency, count(distinct order_id) filter (where sold = 1) as orders,
          coalesce(sum(quantity) filter (where sold = 1), 0) as pieces,
          coalesce(sum(amount_minor) filter (where sold = 1), 0) as revenue_minor,
          count(distinct order_id) filter (where sold = 0) as reversed_orders,
          coalesce(sum(quantity) filter (where sold = 0), 0) as reversed_pieces,
          coalesce(sum(amount_minor) filter (where sold = 0), 0) as reversed_minor
        from days group by 1, 2) t) as sales_by_day,
      (select jsonb_agg(t order by t) from (
        select day, currency, sku, sum(quantity) as quantity, sum(amount_minor) as revenue_minor
        from kept group by 1, 2, 3) t) as product_sales_by_day,
      (select jsonb_agg(t order by t) from (
        select currency, sku, sum(quantity) as quantity, sum(amount_minor) as revenue_minor
        from kept group by 1, 2) t) as product_sales`);
  return rows[0];
}

const monday = '2026-03-02T12:00:00Z';
const tuesday = '2026-03-03T12:00:00Z';

test('adds up what is sold by day and by product, each currency by itself', async () => {
  await sell({ MUG: 2, PEN: 1 }, monday);
  await sell({ MUG: 1 }, monday);
  await sell({ CAP: 4 }, monday);
  await sell({ PEN: 3 }, tuesday);
  expect(await readDailySales(pool, { from: '2026-03-01', to: '2026-03-31' })).toEqual([
    day('2026-03-02', 'EUR', { orders: 2, pieces: 4, revenueMinor: 2300 }),
    day('2026-03-02', 'USD', { orders: 1, pieces: 4, revenueMinor: 2800 }),
    day('2026-03-03', 'EUR', { orders: 1, pieces: 3, revenueMinor: 1500 }),
  ]);
  expect(await figures()).toEqual(await figuresAnew());
});

const nothing = { orders: 0, pieces: 0, revenueMinor: 0 };
const day = (date: string, currency: string, sold: typeof nothing, reversed = nothing) => ({
  date,
  currency,
  sold,
  reversed,
});

test('counts a sale on its day in UTC', async () => {
  await sell({ MUG: 1 }, '2026-03-02T23:59:59.999Z');
  await sell({ MUG: 1 }, '2026-03-03T01:00:00+02:00');
  await sell({ MUG: 1 }, '2026-03-03T00:00:00Z');
  const days = await readDailySales(pool, { from: '2026-03-02', to: '2026-03-03' });
  expect(days.map(({ date, sold }) => [date, sold.orders])).toEqual([
    ['2026-03-02', 2],
    ['2026-03-03', 1],
  ]);
});

test('takes a sale back from its product, and leaves a day that is over as it was', async () => {
  const id = await sell({ MUG: 2, PEN: 1 }, monday);
  await sell({ MUG: 1 }, monday);
  await reverseSales(pool, [await owe('sale_reversed', id, tuesday)]);
  expect(await readDailySales(pool, { from: '2026-03-02', to: '2026-03-03' })).toEqual([
    day('2026-03-02', 'EUR', { orders: 2, pieces: 4, revenueMinor: 2300 }),
    day('2026-03-03', 'EUR', nothing, { orders: 1, pieces: 3, revenueMinor: 1700 }),
  ]);
  const { items } = await board('quantity', null);
  expect(items).toEqual([{ sku: 'MUG', name: 'Mug', quantity: 1, revenueMinor: 600 }]);
});

test('changes nothing when a batch is delivered again, whole, in part or at the same time', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => order({ MUG: 1, PEN: 2 })));
  const sold = await Promise.all(ids.map((id) => owe('sale', id, monday)));
  await Promise.all([recordSales(pool, sold), recordSales(pool, sold)]);
  const after = await figures();
  expect(after.sales_by_day).toMatchObject([{ orders: 20, pieces: 60 }]);
  await recordSales(pool, sold);
  await recordSales(pool, sold.slice(5, 10));
  expect(await figures()).toEqual(after);

  const reversed = await Promise.all(ids.slice(0, 8).map((id) => owe('sale_reversed', id, tuesday)));
  await Promise.all([reverseSales(pool, reversed), reverseSales(pool, reversed)]);
  const reversedOnce = await figures();
  expect(reversedOnce.product_sales).toMatchObject([{ quantity: 12 }, { quantity: 24 }]);
  await reverseSales(pool, reversed);
  await recordSales(pool, sold);
  expect(await figures()).toEqual(reversedOnce);
  expect(reversedOnce).toEqual(await figuresAnew());
});

test('adds up right when many batches of the same products are written at once', async () => {
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_none, index) => order(index % 2 ? { MUG: 1, PEN: 1 } : { PEN: 2, MUG: 3 })),
  );
  const sold = await Promise.all(ids.map((id, index) => owe('sale', id, index % 3 ? monday : tuesday)));
  const batches = Array.from({ length: 10 }, (_none, index) => sold.filter((_id, at) => at % 10 === index));
  await Promise.all(batches.map((batch) => recordSales(pool, batch)));
  expect(await figures()).toEqual(await figuresAnew());
});

async function board(
  by: 'quantity' | 'revenue',
  from: string | null,
  currency: string | null = null,
  limit = 10,
) {
  return readLeaderboard(pool, { by, from, currency, limit });
}

async function skus(...asked: Parameters<typeof board>): Promise<string[]> {
  return (await board(...asked)).items.map(({ sku }) => sku);
}

test('ranks products by quantity or revenue, in a span of days and one currency', async () => {
  await sell({ PEN: 10 }, '2026-02-01T12:00:00Z');
  await sell({ MUG: 2, PEN: 2 }, monday);
  await sell({ CAP: 3 }, tuesday);

  expect(await skus('quantity', null)).toEqual(['PEN', 'MUG']);
  expect(await skus('quantity', null, null, 1)).toEqual(['PEN']);
  expect(await skus('revenue', '2026-03-01')).toEqual(['MUG', 'PEN']);
  expect(await board('quantity', '2026-03-03')).toEqual({
    currency: 'USD',
    items: [{ sku: 'CAP', name: 'Cap', quantity: 3, revenueMinor: 2100 }],
  });
  expect(await skus('quantity', '2026-03-01', 'USD')).toEqual(['CAP']);
  expect(await board('quantity', '2026-03-09')).toEqual({ currency: null, items: [] });
});

test('looks at no single sale to tell the figures', async () => {
  await pool.query('alter table sales rename to away');
  await readDailySales(pool, { from: '2026-03-02', to: '2026-03-03' });
  await board('revenue', '2026-03-02');
  expect((await board('quantity', null, 'EUR')).items).toEqual([]);
  await pool.query('alter table away rename to sales');
});
