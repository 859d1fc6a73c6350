import sql from 'sql-template-tag';
import type { OrderStatus } from '../../domain/order.ts';
import { query, type Db } from '../pool.ts';

/** An order as far as it matters to the payments that carry its id. */
export interface PaymentOwner {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** The one intent that counts; null while none is known. */
  readonly intentId: string | null;
  /** An operator has seen to the authorization by hand, or to the refund. */
  readonly voidSettled: boolean;
  readonly refundSettled: boolean;
}

/** Those of these orders that exist. */
export async function ownersOf(db: Db, orderIds: readonly string[]): Promise<Map<string, PaymentOwner>> {
  if (orderIds.length === 0) return new Map();
  const rows = await query<PaymentOwner>(
    db,
    sql`select o.id as "orderId", o.status, p.intent_id as "intentId",
          exists (select from order_steps st where st.order_id = o.id and st.step = 'authorize_payment'
            and st.settled_at is not null) as "voidSettled",
          exists (select from order_steps st where st.order_id = o.id and st.step = 'capture_payment'
            and st.settled_at is not null) as "refundSettled"
        from orders o left join payments p on p.order_id = o.id
        where o.id = any(${orderIds}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.orderId, row]));
}

/** An authorization that runs out before it is captured. */
export interface ExpiringAuthorization {
  readonly orderId: string;
  readonly captureBefore: Date;
  readonly attentionStep: string | null;
}

/** Open orders whose authorization expires within `marginMs`, or has, and that go forward. */
export async function listExpiring(
  db: Db,
  marginMs: number,
  limit: number,
): Promise<ExpiringAuthorization[]> {
  return query<ExpiringAuthorization>(
    db,
    sql`select o.id as "orderId", p.capture_before as "captureBefore", o.attention_step as "attentionStep"
        from orders o join payments p on p.order_id = o.id
        where o.status in ('pending', 'processing', 'confirmed')
          and o.cancel_requested_at is null and o.unwinding_since is null
          and p.authorized_at is not null and p.captured_minor = 0 and p.voided_at is null
          and p.capture_before < clock_timestamp() + ${marginMs}::float8 * interval '1 millisecond'
        order by p.capture_before limit ${limit}`,
  );
}
