import sql from 'sql-template-tag';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../domain/order.ts';
import { queryOne, type Tx } from '../pool.ts';

/** What happened to an order. `data` holds ids, codes and amounts, never personal data. */
export interface OrderEvent {
  readonly type: OrderEventType;
  readonly data?: Readonly<Record<string, unknown>>;
  /** How long the step took from its intent, in milliseconds. */
  readonly durationMs?: number | undefined;
}

export const orderEventTypes = [
  'order.accepted',
  'order.confirmed',
  'order.completed',
  'order.failed',
  'order.cancelled',
  'order.cancel_requested',
  'order.address_changed',
  'order.needs_attention',
  'order.resolved',
  'order.resumed',
  'stock.reserved',
  'stock.released',
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.voided',
  'payment.refunded',
  'shipment.label_bought',
  'shipment.label_refund_requested',
  'shipment.tracking',
  'shipment.dispatched',
  'shipment.delivered',
  'notice.sent',
  'notice.refused',
  'provider.webhook',
] as const;
export type OrderEventType = (typeof orderEventTypes)[number];

/** The statuses that an event moves; what is not named stays. */
export interface OrderMove {
  readonly status?: OrderStatus;
  readonly paymentStatus?: PaymentStatus;
  readonly fulfillmentStatus?: FulfillmentStatus;
}

/**
 * Moves an order and records the event that says so, numbered under the order's row lock (law 11).
 * Gives the event's number within the order.
 */
export async function record(
  tx: Tx,
  orderId: string,
  event: OrderEvent,
  move: OrderMove = {},
): Promise<number> {
  const row = await queryOne<{ number: number }>(
    tx,
    sql`with moved as (
          update orders set
            status = coalesce(${move.status ?? null}, status),
            payment_status = coalesce(${move.paymentStatus ?? null}, payment_status),
            fulfillment_status = coalesce(${move.fulfillmentStatus ?? null}, fulfillment_status),
            last_event_number = last_event_number + 1,
            updated_at = clock_timestamp()
          where id = ${orderId}
          returning id, last_event_number
        )
        insert into order_events (order_id, number, type, data, duration_ms)
        select id, last_event_number, ${event.type}, ${JSON.stringify(event.data ?? {})}, ${event.durationMs ?? null}
        from moved
        returning number`,
  );
  if (!row) throw new Error(`order ${orderId} does not exist`);
  return row.number;
}
