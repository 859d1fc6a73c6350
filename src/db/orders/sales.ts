import sql, { type Sql } from 'sql-template-tag';
import { execute, type Db } from '../pool.ts';

/**
 * Writes the sales figures that these outbox entries owe, once per order and line, and adds them up in the same statement;
 * sold when they were confirmed. What was written before changes nothing.
 */
export async function recordSales(db: Db, entryIds: readonly number[]): Promise<void> {
  await execute(
    db,
    sql`with changed as (
          insert into sales (order_id, sku, quantity, amount_minor, currency, sold_at)
          select line.order_id, line.sku, line.quantity, line.quantity * line.unit_price_minor, orders.currency,
            entry.created_at
          from outbox as entry
          join orders on orders.id = entry.order_id
          join order_lines as line on line.order_id = entry.order_id
          where entry.id = any(${entryIds}::bigint[])
          on conflict (order_id, sku) do nothing
          returning order_id, sku, quantity, amount_minor, currency, ${dayOf(sql`sold_at`)} as sold_on
        ),
        ${addToProducts(1)},
        days as (
          insert into sales_by_day as total (day, currency, orders, pieces, revenue_minor)
          select sold_on, currency, count(distinct order_id), sum(quantity), sum(amount_minor)
          from changed group by 1, 2 order by 1, 2
          on conflict (day, currency) do update set orders = total.orders + excluded.orders,
            pieces = total.pieces + excluded.pieces, revenue_minor = total.revenue_minor + excluded.revenue_minor
        )
        select`,
  );
}

/**
 * Takes back the sales figures of the orders that these outbox entries are about: from the products on the day they were
 * sold, for the daily figures on the day they are taken back. What was taken back before changes nothing.
 */
export async function reverseSales(db: Db, entryIds: readonly number[]): Promise<void> {
  await execute(
    db,
    sql`with changed as (
          update sales set reversed_at = entry.created_at
          from outbox as entry
          where entry.id = any(${entryIds}::bigint[]) and sales.order_id = entry.order_id and reversed_at is null
          returning sales.order_id, sku, quantity, amount_minor, currency, ${dayOf(sql`sold_at`)} as sold_on,
            ${dayOf(sql`reversed_at`)} as reversed_on
        ),
        ${addToProducts(-1)},
        days as (
          insert into sales_by_day as total (day, currency, reversed_orders, reversed_pieces, reversed_minor)
          select reversed_on, currency, count(distinct order_id), sum(quantity), sum(amount_minor)
          from changed group by 1, 2 order by 1, 2
          on conflict (day, currency) do update set reversed_orders = total.reversed_orders + excluded.reversed_orders,
            reversed_pieces = total.reversed_pieces + excluded.reversed_pieces,
            reversed_minor = total.reversed_minor + excluded.reversed_minor
        )
        select`,
  );
}

function dayOf(time: Sql): Sql {
  return sql`(${time} at time zone 'UTC')::date`;
}

/** Every writer takes the rows in the same order, so that none of two waits for the other. */
function addToProducts(sign: 1 | -1): Sql {
  const sums = sql`${sign}::integer * sum(quantity) as quantity, ${sign}::integer * sum(amount_minor) as revenue_minor`;
  const add = sql`do update set quantity = total.quantity + excluded.quantity,
            revenue_minor = total.revenue_minor + excluded.revenue_minor`;
  return sql`product_days as (
          insert into product_sales_by_day as total (day, currency, sku, quantity, revenue_minor)
          select sold_on, currency, sku, ${sums} from changed group by 1, 2, 3 order by 1, 2, 3
          on conflict (day, currency, sku) ${add}
        ),
        products as (
          insert into product_sales as total (currency, sku, quantity, revenue_minor)
          select currency, sku, ${sums} from changed group by 1, 2 order by 1, 2
          on conflict (currency, sku) ${add}
        )`;
}
