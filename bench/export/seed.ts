import sql from 'sql-template-tag';
import type { Pool } from 'pg';
import { execute } from '../../src/db/pool.ts';

const batchRows = 50_000;

/**
 * Orders a second apart, each with a line and a payment; names in several scripts, and some that a spreadsheet would take for
 * formulas. They are there to be read: nothing has happened to them.
 */
export async function seedOrders(pool: Pool, count: number): Promise<void> {
  for (let from = 1; from <= count; from += batchRows)
    await seedBatch(pool, from, Math.min(count, from + batchRows - 1));
  for (const table of ['orders', 'order_lines', 'payments']) await pool.query(`vacuum analyze ${table}`);
}

async function seedBatch(pool: Pool, from: number, to: number): Promise<void> {
  await execute(
    pool,
    sql`with numbered as (
          select n, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second' as created_at
          from generate_series(${from}::integer, ${to}::integer) as n
        ), made as (
          insert into orders (id, status, payment_status, fulfillment_status, customer_id, customer_email, customer_name,
            shipping_address, payment_method, total_minor, currency, failure_type, failure_detail, created_at, updated_at)
          select
            (lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') || '7'
              || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
            case when n % 10 = 0 then 'failed' else 'completed' end,
            case when n % 10 = 0 then 'voided' else 'captured' end,
            case when n % 10 = 0 then 'released' else 'delivered' end,
            'cus_' || n, 'customer' || n || '@shop.example',
            case when n % 7 = 0 then '李雷 ' || n when n % 11 = 0 then 'أحمد محمد' when n % 13 = 0 then '=1+' || n
              when n % 17 = 0 then 'Zoë 😀' else 'Ada Lovelace ' || n end,
            '{"name": "A", "line1": "1 Main St", "city": "Berlin", "postalCode": "10115", "country": "DE"}',
            'pm_card_visa', 1000 + n, case when n % 50 = 0 then 'JPY' else 'EUR' end,
            case when n % 10 = 0 then 'OutOfStock' end, case when n % 10 = 0 then 'sold out' end,
            created_at, created_at + interval '3 days'
          from numbered
          returning id, status, total_minor, currency
        ), lines as (
          insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
          select id, 1, 'MUG', 'Mug', 2, 500, 100 from made
        )
        insert into payments (order_id, intent_id, amount_minor, currency, captured_minor)
        select id, 'pi_' || id, total_minor, currency, case when status = 'completed' then total_minor else 0 end
        from made`,
  );
}
