import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import type { OrderStatus } from '../../src/domain/order.ts';
import type { Reply } from './http-client.ts';
import type { Shop } from './open-shop.ts';
import { succeeded, type Basket, type Placed, type Storefront } from './storefront.ts';
import { until } from './wait.ts';

/** Places `count` orders, `atOnce` of them at a time, and gives the replies in no order. Throws when one is refused. */
export async function placeMany(
  storefront: Storefront,
  count: number,
  atOnce: number,
  basketOf: (index: number) => Basket = () => ({}),
): Promise<Reply<Placed>[]> {
  const replies: Reply<Placed>[] = [];
  let next = 0;
  async function buyer(): Promise<void> {
    while (next < count) {
      const index = next;
      next += 1;
      replies.push(succeeded(await storefront.place(basketOf(index))));
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, buyer));
  return replies;
}

/** Places one order and gives its id. */
export async function placeOne(storefront: Storefront, basket?: Basket): Promise<string> {
  return succeeded(await storefront.place(basket)).body.orderId;
}

/** Waits until the order is in one of the states, and gives the one. Throws at once when it ends in another one. */
export async function untilStatus(
  { pool }: Pick<Shop, 'pool'>,
  orderId: string,
  statuses: readonly OrderStatus[],
  timeoutMs: number,
): Promise<OrderStatus> {
  return until(`order ${orderId} is ${statuses.join(' or ')}`, timeoutMs, async () => {
    const [row] = await query<{ status: OrderStatus }>(
      pool,
      sql`select status from orders where id = ${orderId}`,
    );
    return row && statuses.includes(row.status) ? row.status : undefined;
  });
}

/** Waits until something has happened to the order. */
export async function untilEvent(
  { pool }: Pick<Shop, 'pool'>,
  orderId: string,
  type: string,
  timeoutMs: number,
): Promise<void> {
  await until(`${type} of order ${orderId}`, timeoutMs, async () => {
    const rows = await query(
      pool,
      sql`select 1 from order_events where order_id = ${orderId} and type = ${type}`,
    );
    return rows.length > 0 || undefined;
  });
}

/** How many orders of each status there are among those placed since then. */
export async function countByStatus(
  { pool }: Pick<Shop, 'pool'>,
  since: Date,
): Promise<Partial<Record<OrderStatus, number>>> {
  const rows = await query<{ status: OrderStatus; count: number }>(
    pool,
    sql`select status, count(*) as count from orders where created_at >= ${since} group by status`,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** Waits until all orders have ended. */
export async function untilAllEnded(shop: Pick<Shop, 'pool'>, timeoutMs: number): Promise<void> {
  await until('all orders have ended', timeoutMs, async () => {
    const [row] = await query<{ open: number }>(shop.pool, sql`select count(*) as open from open_orders`);
    return row?.open === 0 || undefined;
  });
}

/** How often something has happened since then, to whichever order. */
export async function countEvents({ pool }: Pick<Shop, 'pool'>, type: string, since: Date): Promise<number> {
  const [row] = await query<{ count: number }>(
    pool,
    sql`select count(*) as count from order_events where type = ${type} and created_at >= ${since}`,
  );
  return row?.count ?? 0;
}
