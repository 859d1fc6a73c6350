import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOrders, ordersPage, type OrderFilter, type PageEnd } from '../../../src/db/orders/list.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const orders = 50_000;
const customers = 5_000;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  // Most have ended well, as in a shop that is some time old; a hundred a minute, several at the very same time.
  await pool.query(
    `insert into orders (id, status, failure_type, failure_detail, cancel_requested_at, attention_step, attention_reason,
       attention_since, customer_id, customer_email, customer_name, shipping_address, payment_method, total_minor, currency,
       created_at)
     select gen_random_uuid(), status, case status when 'failed' then 'OutOfStock' end, case status when 'failed' then 'x' end,
       case status when 'cancelled' then now() end,
       case when n % 2500 = 0 then 'capture_payment' end, case when n % 2500 = 0 then 'x' end,
       case when n % 2500 = 0 then now() end,
       'cus_' || n % ${customers}, 'Customer.' || n % ${customers} || '@Shop.example', 'C', '{}', 'pm_card_visa', 100, 'EUR',
       timestamptz '2026-01-01' + n / 100 * interval '1 minute' + n % 50 * interval '7 microseconds'
     from generate_series(1, ${orders}) n,
       lateral (select (array['pending', 'processing', 'confirmed', 'failed', 'cancelled', 'completed'])
         [case when n % 1000 = 1 then 1 when n % 1000 = 2 then 2 when n % 100 = 3 then 3 when n % 200 = 4 then 4
            when n % 200 = 5 then 5 else 6 end] as status) s`,
  );
  await pool.query(
    `insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
     select id, 1, 'MUG', 'Mug', 1, 100, 380 from orders`,
  );
  await pool.query('analyze orders');
  await pool.query('analyze order_lines');
}, 120_000);
afterAll(() => database.drop());

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Every node of the plan by which a statement runs, with what it met. It is the plan for any parameters, with which a
 * connection that has run the statement often goes on.
 */
async function planOf(filter: OrderFilter, after: PageEnd | null): Promise<PlanNode[]> {
  const { text, values } = ordersPage(filter, after, 51);
  const client = await pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare page as ${text}`);
    const literals = values.map((value) =>
      client.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) execute page (${literals.join(', ')})`,
    );
    const all: PlanNode[] = [];
    const open = rows.map((row) => row['QUERY PLAN'][0].Plan);
    for (let node = open.pop(); node; node = open.pop()) {
      all.push(node);
      open.push(...(node.Plans ?? []));
    }
    return all;
  } finally {
    client.release(true);
  }
}

const middle = new Date('2026-01-01T04:00:00Z');
const later = new Date('2026-01-01T05:00:00Z');
const filters: [what: string, filter: OrderFilter][] = [
  ['nothing', {}],
  ['pending', { status: 'pending' }],
  ['processing', { status: 'processing' }],
  ['confirmed', { status: 'confirmed' }],
  ['failed', { status: 'failed' }],
  ['cancelled', { status: 'cancelled' }],
  ['completed', { status: 'completed' }],
  ['what needs attention', { needsAttention: true }],
  ['what needs none', { needsAttention: false }],
  ['a customer', { customerEmail: 'customer.17@shop.example' }],
  ['what came from then on', { createdAfter: middle }],
  ['what came before', { createdBefore: middle }],
  ['all of it', { status: 'completed', needsAttention: false, createdAfter: middle, createdBefore: later }],
];

describe.each(filters)('a page of %s', (_what, filter) => {
  test.each(['first', 'second'])(
    'walks an index to the %s page, and reads little more than that page',
    async (which) => {
      const first = await listOrders(pool, filter, null, 3);
      const after = which === 'first' ? null : (first.ends.at(-1) ?? null);
      const nodes = await planOf(filter, after);
      const scans = nodes.filter((node) => node['Relation Name'] === 'orders');
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      // The open ones share an index: what is filtered out of it are other open ones, and they are few.
      const met = scans.map((node) => (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0));
      expect(Math.max(...met)).toBeLessThan(orders / 50);
    },
  );

  test('gives what a look at every order gives, each once and the newest first, page after page', async () => {
    const seen: string[] = [];
    const wanted = await everyId(filter);
    let after: PageEnd | null = null;
    const pages = Math.min(Math.ceil(wanted.length / 97) + 1, 12);
    for (let page = 0; page < pages; page += 1) {
      const { orders: found, ends }: Awaited<ReturnType<typeof listOrders>> = await listOrders(
        pool,
        filter,
        after,
        97,
      );
      seen.push(...found.map(({ orderId }) => orderId));
      after = ends.at(-1) ?? after;
    }
    expect(seen).toEqual(wanted.slice(0, pages * 97));
    expect(seen.length).toBeGreaterThan(0);
  });
});

/** By the plainest means. */
async function everyId(filter: OrderFilter): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from orders
     where ($1::text is null or status = $1) and ($2::boolean is null or (attention_since is not null) = $2)
       and ($3::text is null or lower(customer_email) = lower($3))
       and ($4::timestamptz is null or created_at >= $4) and ($5::timestamptz is null or created_at < $5)
     order by created_at desc, id desc`,
    [filter.status, filter.needsAttention, filter.customerEmail, filter.createdAfter, filter.createdBefore],
  );
  return rows.map(({ id }) => id);
}
