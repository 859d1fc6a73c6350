import sql from 'sql-template-tag';
import { refused } from '../../domain/failures.ts';
import { mainWarehouse } from '../../domain/order.ts';
import { execute, query, type Db, type Tx } from '../pool.ts';

/**
 * Refuses at once what cannot be had, without a lock, so that a thousand buyers of a product that is sold out do not
 * queue for its row. A yes says nothing yet. An order whose step has begun may hold the last pieces itself.
 */
export async function refuseIfSoldOut(db: Db, orderId: string): Promise<void> {
  const [short] = await query<{ sku: string }>(
    db,
    sql`select l.sku from order_lines l
        left join stock s on s.sku = l.sku and s.warehouse = ${mainWarehouse}
        where l.order_id = ${orderId} and coalesce(s.on_hand - s.reserved, 0) < l.quantity
          and not exists (select from order_steps where order_id = ${orderId} and step = 'reserve_stock')
        order by l.line_number limit 1`,
  );
  if (short) throw outOfStock(short.sku);
}

/**
 * Reserves every line of the order or none (law 13). The stock rows are locked in (sku, warehouse) order and changed
 * last, so that they are held as briefly as can be; `no key`, because the reservations' foreign key has shared locks
 * on them by then, ours and others'.
 */
export async function reserve(tx: Tx, orderId: string): Promise<void> {
  await execute(
    tx,
    sql`insert into reservations (order_id, sku, warehouse, quantity)
        select order_id, sku, ${mainWarehouse}, quantity from order_lines where order_id = ${orderId}`,
  );
  const rows = await query<{ sku: string; enough: boolean }>(
    tx,
    sql`select s.sku, s.on_hand - s.reserved >= r.quantity as enough
        from reservations r join stock s using (sku, warehouse)
        where r.order_id = ${orderId}
        order by s.sku, s.warehouse for no key update of s`,
  );
  const short = rows.find((row) => !row.enough);
  if (short) throw outOfStock(short.sku);
  await execute(
    tx,
    sql`update stock s set reserved = s.reserved + r.quantity, updated_at = clock_timestamp()
        from reservations r
        where r.order_id = ${orderId} and s.sku = r.sku and s.warehouse = r.warehouse`,
  );
}

/** Gives back what the order still holds; gives the number of lines released. */
export async function release(tx: Tx, orderId: string): Promise<number> {
  return takeOffReservations(tx, orderId, { shipped: false });
}

/** The parcel has left: what was reserved is no longer on hand. Gives the number of lines shipped. */
export async function ship(tx: Tx, orderId: string): Promise<number> {
  return takeOffReservations(tx, orderId, { shipped: true });
}

async function takeOffReservations(
  tx: Tx,
  orderId: string,
  { shipped }: { shipped: boolean },
): Promise<number> {
  const held = await query<{ sku: string }>(
    tx,
    sql`select s.sku from reservations r join stock s using (sku, warehouse)
        where r.order_id = ${orderId}
        order by s.sku, s.warehouse for no key update of s`,
  );
  if (held.length === 0) return 0;
  if (shipped) {
    await execute(
      tx,
      sql`insert into stock_movements (sku, warehouse, kind, quantity, order_id)
          select sku, warehouse, 'shipped', -quantity, order_id from reservations where order_id = ${orderId}`,
    );
  }
  return execute(
    tx,
    sql`with gone as (delete from reservations where order_id = ${orderId} returning sku, warehouse, quantity)
        update stock s set
          reserved = s.reserved - gone.quantity,
          on_hand = s.on_hand - case when ${shipped}::boolean then gone.quantity else 0 end,
          updated_at = clock_timestamp()
        from gone where s.sku = gone.sku and s.warehouse = gone.warehouse`,
  );
}

function outOfStock(sku: string) {
  return refused('OutOfStock', `not enough of ${sku} in stock`, { sku });
}
