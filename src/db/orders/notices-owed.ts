import sql from 'sql-template-tag';
import type { NoticeKind } from '../../domain/notice.ts';
import { enqueue } from '../outbox.ts';
import { query, queryOne, type Db, type Tx } from '../pool.ts';

/** A mail that an order's customer should have got by now. */
export interface NoticeOwed {
  readonly orderId: string;
  readonly kind: NoticeKind;
}

/**
 * Mails that follow from what has happened to orders of the last month, that were neither sent nor refused for good, and
 * that the outbox does not hold.
 */
export async function listOwed(db: Db, quietMs: number, limit: number): Promise<NoticeOwed[]> {
  return query<NoticeOwed>(
    db,
    sql`with due (order_id, kind) as (
          select st.order_id, 'confirmed' from order_steps st join orders o on o.id = st.order_id
          where st.step = 'confirm' and st.landed_at is not null and ${isLooked(quietMs)}
          union all
          select distinct s.order_id, 'shipped' from shipments s join orders o on o.id = s.order_id
          where s.dispatched_at is not null and o.cancel_requested_at is null and ${isLooked(quietMs)}
          union all
          select o.id, o.status from orders o where o.status in ('failed', 'cancelled') and ${isLooked(quietMs)}
        )
        select due.order_id as "orderId", due.kind from due
        where not exists (
            select from notices n where n.order_id = due.order_id and n.kind = due.kind and n.sent_at is not null)
          and not exists (
            select from outbox x where x.lane = 'notice:' || due.order_id and x.payload->>'notice' = due.kind)
          and not exists (
            select from order_events e where e.order_id = due.order_id and e.type = 'notice.refused'
              and e.data->>'notice' = due.kind)
        limit ${limit}`,
  );
}

function isLooked(quietMs: number) {
  return sql`o.created_at > clock_timestamp() - interval '30 days'
    and o.updated_at < clock_timestamp() - ${quietMs}::float8 * interval '1 millisecond'`;
}

/** Puts the mail into the outbox unless it is there or has been sent. `again` where its run was lost. */
export async function oweAgain(tx: Tx, { orderId, kind }: NoticeOwed, again: boolean): Promise<boolean> {
  await queryOne(tx, sql`select 1 from orders where id = ${orderId} for no key update`);
  const free = await queryOne(
    tx,
    sql`select 1 from orders
        where id = ${orderId}
          and not exists (
            select from outbox x where x.lane = 'notice:' || orders.id and x.payload->>'notice' = ${kind})
          and not exists (
            select from notices n where n.order_id = orders.id and n.kind = ${kind} and n.sent_at is not null)`,
  );
  if (!free) return false;
  await enqueue(tx, orderId, { kind: 'notice', payload: { notice: kind, ...(again && { again }) } });
  return true;
}
