import sql from 'sql-template-tag';
import type { NoticeKind } from '../../domain/notice.ts';
import type { OrderFailureType } from '../../domain/failures.ts';
import type { Money } from '../../domain/money.ts';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';
import { record } from './events.ts';
import { lock } from './life.ts';

/** What a mail about an order is written from. */
export interface NoticeSubject {
  readonly orderId: string;
  readonly email: string;
  readonly name: string;
  readonly total: Money;
  readonly failureType: OrderFailureType | null;
  /** Whether money was taken and is on its way back. */
  readonly refunded: boolean;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly lineTotal: Money }[];
  readonly carrier: string | null;
  readonly trackingUrl: string | null;
  readonly trackingCode: string | null;
}

export async function subject(db: Db, orderId: string): Promise<NoticeSubject> {
  const order = await queryOne<{
    email: string;
    name: string;
    totalMinor: number;
    currency: string;
    failureType: OrderFailureType | null;
    refunded: boolean;
    carrier: string | null;
    trackingUrl: string | null;
    trackingCode: string | null;
  }>(
    db,
    sql`select o.customer_email as email, o.customer_name as name, o.total_minor as "totalMinor", o.currency,
          o.failure_type as "failureType",
          coalesce(p.refunded_minor, 0) > 0 or exists (
            select from order_steps st
            where st.order_id = o.id and st.step = 'capture_payment' and st.settled_at is not null) as refunded,
          s.carrier, s.tracking_url as "trackingUrl", s.tracking_code as "trackingCode"
        from orders o
        left join payments p on p.order_id = o.id
        left join shipments s on s.order_id = o.id
        where o.id = ${orderId}`,
  );
  if (!order) throw new Error(`order ${orderId} does not exist`);
  const lines = await query<{ name: string; quantity: number; lineMinor: number }>(
    db,
    sql`select name, quantity, unit_price_minor * quantity as "lineMinor"
        from order_lines where order_id = ${orderId} order by line_number`,
  );
  const { currency, totalMinor, ...rest } = order;
  return {
    ...rest,
    orderId,
    total: { amountMinor: totalMinor, currency },
    lines: lines.map(({ lineMinor, ...line }) => ({
      ...line,
      lineTotal: { amountMinor: lineMinor, currency },
    })),
  };
}

/** Writes down that the mail is about to be sent. False when it has been sent. */
export async function intendNotice(
  db: Db,
  orderId: string,
  kind: NoticeKind,
  messageId: string,
): Promise<boolean> {
  const row = await queryOne<{ sentAt: Date | null }>(
    db,
    sql`insert into notices (order_id, kind, message_id) values (${orderId}, ${kind}, ${messageId})
        on conflict (order_id, kind) do update set message_id = notices.message_id
        returning sent_at as "sentAt"`,
  );
  return row?.sentAt === null;
}

/** Writes down that the mail server refused the mail for good, under the order's row lock. True for the first to say so. */
export async function recordRefusal(tx: Tx, orderId: string, kind: NoticeKind): Promise<boolean> {
  await lock(tx, orderId);
  const earlier = await queryOne(
    tx,
    sql`select 1 from order_events
        where order_id = ${orderId} and type = 'notice.refused' and data->>'notice' = ${kind}`,
  );
  if (earlier) return false;
  await record(tx, orderId, { type: 'notice.refused', data: { notice: kind } });
  return true;
}

/** True for the first to say so. */
export async function markSent(tx: Tx, orderId: string, kind: NoticeKind): Promise<boolean> {
  const changed = await execute(
    tx,
    sql`update notices set sent_at = clock_timestamp()
        where order_id = ${orderId} and kind = ${kind} and sent_at is null`,
  );
  return changed === 1;
}
