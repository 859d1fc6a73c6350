import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';

/** What must give no row once every order has ended, by what a row would mean. */
const mustBeEmpty: Readonly<Record<string, Sql>> = {
  'an imbalance': sql`select * from imbalances`,
  'an order that has not ended': sql`select * from open_orders`,
  'an entry left in the outbox': sql`select id, kind, order_id, attempts, last_error from outbox`,
  'a reservation of nobody': sql`select sku, reserved from stock where reserved <> 0`,
  'goods shipped for an order that was not completed, or the other way round': sql`
    select order_id, sku, l.quantity as ordered, m.quantity as moved, o.status
    from order_lines l join orders o on o.id = l.order_id
    full join stock_movements m using (order_id, sku)
    where (m.kind is null or m.kind = 'shipped')
      and case when o.status = 'completed' then l.quantity else 0 end <> -coalesce(m.quantity, 0)`,
  'a sale that is not one': sql`
    select order_id, sku, o.status, s.reversed_at
    from order_lines l join orders o on o.id = l.order_id left join sales s using (order_id, sku)
    where (o.status = 'completed') <> (s.order_id is not null and s.reversed_at is null)`,
  'an order that still waits for an operator': sql`select id, attention_step from orders where attention_since is not null`,
};

/** Everything in our own books that contradicts itself; every order has ended. */
export async function auditDatabase(pool: Pool): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(mustBeEmpty).map(async ([meaning, statement]) => {
      const rows = await query(pool, statement);
      return rows.map((row) => `${meaning}: ${JSON.stringify(row)}`);
    }),
  );
  return found.flat();
}
