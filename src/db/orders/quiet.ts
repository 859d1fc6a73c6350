import sql from 'sql-template-tag';
import { query, type Db } from '../pool.ts';
import type { Cursor } from '../reconciler-cursors.ts';

/** An open order, by what a look goes through them. */
export interface QuietOrder {
  readonly orderId: string;
  readonly createdAt: Date;
}

/**
 * The next open orders, the oldest first, on which nothing has happened for `quietMs`, after the cursor; an order whose
 * start is still in the outbox is the relay's.
 */
export async function listQuiet(
  db: Db,
  quietMs: number,
  after: Cursor | undefined,
  limit: number,
): Promise<QuietOrder[]> {
  return query<QuietOrder>(
    db,
    sql`select id as "orderId", created_at as "createdAt" from orders
        where status in ('pending', 'processing', 'confirmed')
          and created_at >= ${after?.at ?? '-infinity'}::timestamptz
          and (${after?.id ?? null}::uuid is null or id <> ${after?.id ?? null}::uuid)
          and updated_at < clock_timestamp() - ${quietMs}::integer * interval '1 millisecond'
          and not exists (
            select from outbox where lane = 'order:' || orders.id and kind = 'start_order')
        order by created_at, id limit ${limit}`,
  );
}

/** Those of these orders that are open. */
export async function openAmong(db: Db, orderIds: readonly string[]): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    sql`select id from orders
        where id = any(${orderIds}::uuid[]) and status in ('pending', 'processing', 'confirmed')`,
  );
  return rows.map(({ id }) => id);
}
