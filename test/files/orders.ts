import type { Pool } from 'pg';

/** So many orders, a second apart, each of one line; `completed`, but every tenth. */
export async function seedOrders(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `with made as (
       insert into orders (id, status, customer_id, customer_email, customer_name, shipping_address, payment_method,
         total_minor, currency, failure_type, failure_detail, created_at)
       select gen_random_uuid(), case when n % 10 = 0 then 'failed' else 'completed' end, 'cus_' || n,
         'customer' || n || '@shop.example', case when n % 7 = 0 then '李雷 ' || n else 'Ünal ' || n end,
         '{"name": "A", "line1": "B", "city": "C", "postalCode": "1", "country": "DE"}', 'pm_card_visa',
         1000 + n, case when n % 50 = 0 then 'JPY' else 'EUR' end,
         case when n % 10 = 0 then 'OutOfStock' end, case when n % 10 = 0 then 'OutOfStock' end,
         timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second'
       from generate_series(1, $1) as n
       returning id
     )
     insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
     select id, 1, 'MUG', 'Mug', 2, 500, 100 from made`,
    [count],
  );
}
