import sql from 'sql-template-tag';
import { execute, type Db } from './pool.ts';

/** Writes the sales figures that these outbox entries owe, once per order and line; sold when they were confirmed. */
export async function recordSales(db: Db, entryIds: readonly number[]): Promise<void> {
  await execute(
    db,
    sql`insert into sales (order_id, sku, quantity, amount_minor, currency, sold_at)
        select line.order_id, line.sku, line.quantity, line.quantity * line.unit_price_minor, orders.currency,
          entry.created_at
        from outbox as entry
        join orders on orders.id = entry.order_id
        join order_lines as line on line.order_id = entry.order_id
        where entry.id = any(${entryIds}::bigint[])
        on conflict (order_id, sku) do nothing`,
  );
}

/** Takes back the sales figures of the orders that these outbox entries are about. */
export async function reverseSales(db: Db, entryIds: readonly number[]): Promise<void> {
  await execute(
    db,
    sql`update sales set reversed_at = entry.created_at
        from outbox as entry
        where entry.id = any(${entryIds}::bigint[]) and sales.order_id = entry.order_id and reversed_at is null`,
  );
}
