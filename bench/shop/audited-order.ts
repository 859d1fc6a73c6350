import sql from 'sql-template-tag';
import type { Pool } from 'pg';
import { query } from '../../src/db/pool.ts';
import type { NoticeKind } from '../../src/domain/notice.ts';
import type { OrderStatus } from '../../src/domain/order.ts';

/** What the service's own books say of an order. */
export interface AuditedOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly totalMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly intentId: string | null;
  readonly trackingCode: string | null;
  readonly labelRefund: string | null;
  /** The mails that its events call for. */
  readonly noticesDue: readonly NoticeKind[];
}

/** Which event is told by which mail. */
const noticesOfEvents = sql`(values ('order.confirmed', 'confirmed'), ('shipment.dispatched', 'shipped'),
  ('order.failed', 'failed'), ('order.cancelled', 'cancelled')) as told (event, notice)`;

export async function auditedOrders(pool: Pool): Promise<AuditedOrder[]> {
  return query<AuditedOrder>(
    pool,
    sql`select o.id, o.status, o.total_minor as "totalMinor", coalesce(p.captured_minor, 0) as "capturedMinor",
          coalesce(p.refunded_minor, 0) as "refundedMinor", p.intent_id as "intentId",
          s.tracking_code as "trackingCode", s.label_refund as "labelRefund",
          coalesce((select array_agg(told.notice) from order_events e join ${noticesOfEvents} on told.event = e.type
            where e.order_id = o.id), '{}') as "noticesDue"
        from orders o left join payments p on p.order_id = o.id left join shipments s on s.order_id = o.id`,
  );
}

/** How many mails are due that have not been sent. */
export async function unsentNotices(pool: Pool): Promise<number> {
  const [row] = await query<{ unsent: number }>(
    pool,
    sql`select count(*) as unsent from order_events e join ${noticesOfEvents} on told.event = e.type
        left join notices n on n.order_id = e.order_id and n.kind = told.notice
        where n.sent_at is null`,
  );
  return row?.unsent ?? 0;
}
