import sql from 'sql-template-tag';
import type { OrderFailureType } from '../../domain/failures.ts';
import type { Money } from '../../domain/money.ts';
import type {
  Address,
  Customer,
  FulfillmentStatus,
  OrderLine,
  OrderStatus,
  PaymentStatus,
  WaitingOn,
} from '../../domain/order.ts';
import type { ShipmentStatus } from '../../domain/shipment.ts';
import { queryOne, type Db } from '../pool.ts';

/** An order as its readers see it. */
export interface OrderView {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly waitingOn: WaitingOn | null;
  readonly needsAttention: { readonly step: string; readonly reason: string; readonly since: Date } | null;
  readonly cancelRequestedAt: Date | null;
  readonly failure: { readonly type: OrderFailureType; readonly detail: string } | null;
  readonly customer: Customer;
  readonly items: readonly OrderLine[];
  readonly shippingAddress: Address;
  readonly total: Money;
  readonly captured: Money;
  readonly refunded: Money;
  readonly shipments: readonly ShipmentView[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A shipment whose label has been bought. */
export interface ShipmentView {
  readonly id: string;
  readonly warehouse: string;
  readonly status: ShipmentStatus;
  readonly carrier: string;
  readonly trackingCode: string;
  readonly trackingUrl: string | null;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface OrderRow extends Omit<
  OrderView,
  'needsAttention' | 'failure' | 'customer' | 'items' | 'total' | 'captured' | 'refunded' | 'shipments'
> {
  readonly attentionStep: string | null;
  readonly attentionReason: string | null;
  readonly attentionSince: Date | null;
  readonly failureType: OrderFailureType | null;
  readonly failureDetail: string | null;
  readonly customerId: string;
  readonly customerEmail: string;
  readonly customerName: string;
  readonly totalMinor: number;
  readonly currency: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly lines: readonly { sku: string; name: string; quantity: number; unitPriceMinor: number }[];
  readonly labels: readonly Omit<ShipmentView, 'items'>[];
}

/** The order with its lines, payment and shipments, from one snapshot; undefined when there is none. */
export async function readOrder(db: Db, orderId: string): Promise<OrderView | undefined> {
  const row = await queryOne<OrderRow>(db, sql`${selectOrders} where o.id = ${orderId}`);
  return row && toView(row);
}

/** Whole orders, as `toView` reads them; what follows says which. */
export const selectOrders = sql`select o.id as "orderId", o.status, o.payment_status as "paymentStatus",
          o.fulfillment_status as "fulfillmentStatus", o.waiting_on as "waitingOn",
          o.attention_step as "attentionStep", o.attention_reason as "attentionReason",
          o.attention_since as "attentionSince", o.cancel_requested_at as "cancelRequestedAt",
          o.failure_type as "failureType", o.failure_detail as "failureDetail",
          o.customer_id as "customerId", o.customer_email as "customerEmail", o.customer_name as "customerName",
          o.shipping_address as "shippingAddress", o.total_minor as "totalMinor", o.currency,
          coalesce(p.captured_minor, 0) as "capturedMinor", coalesce(p.refunded_minor, 0) as "refundedMinor",
          o.created_at as "createdAt", o.updated_at as "updatedAt",
          (select jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity,
             'unitPriceMinor', unit_price_minor) order by line_number)
           from order_lines where order_id = o.id) as lines,
          (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'warehouse', warehouse, 'status', status,
             'carrier', carrier, 'trackingCode', tracking_code, 'trackingUrl', tracking_url) order by created_at), '[]')
           from shipments where order_id = o.id and status is not null) as labels
        from orders o left join payments p on p.order_id = o.id`;

/** Whether there is such an order, and how far it is. */
export async function findStatus(db: Db, orderId: string): Promise<OrderStatus | undefined> {
  const row = await queryOne<{ status: OrderStatus }>(
    db,
    sql`select status from orders where id = ${orderId}`,
  );
  return row?.status;
}

/** When the order was confirmed; undefined for one that is not, or was not before it ended. */
export async function findConfirmation(db: Db, orderId: string): Promise<Date | undefined> {
  const row = await queryOne<{ at: Date }>(
    db,
    sql`select created_at as at from order_events where order_id = ${orderId} and type = 'order.confirmed'
        order by number limit 1`,
  );
  return row?.at;
}

export function toView(row: OrderRow): OrderView {
  const inCurrency = (amountMinor: number): Money => ({ amountMinor, currency: row.currency });
  const items = row.lines.map(({ unitPriceMinor, ...line }) => ({
    ...line,
    unitPrice: inCurrency(unitPriceMinor),
    lineTotal: inCurrency(unitPriceMinor * line.quantity),
  }));
  return {
    orderId: row.orderId,
    status: row.status,
    paymentStatus: row.paymentStatus,
    fulfillmentStatus: row.fulfillmentStatus,
    waitingOn: row.waitingOn,
    needsAttention: attentionOf(row),
    cancelRequestedAt: row.cancelRequestedAt,
    failure:
      row.failureType === null
        ? null
        : { type: row.failureType, detail: row.failureDetail ?? row.failureType },
    customer: { id: row.customerId, email: row.customerEmail, name: row.customerName },
    items,
    shippingAddress: row.shippingAddress,
    total: inCurrency(row.totalMinor),
    captured: inCurrency(row.capturedMinor),
    refunded: inCurrency(row.refundedMinor),
    // One warehouse ships everything, so a shipment holds every line.
    shipments: row.labels.map((label) => ({
      ...label,
      items: items.map(({ sku, quantity }) => ({ sku, quantity })),
    })),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function attentionOf({
  attentionStep,
  attentionReason,
  attentionSince,
}: OrderRow): OrderView['needsAttention'] {
  if (attentionStep === null || attentionReason === null || attentionSince === null) return null;
  return { step: attentionStep, reason: attentionReason, since: attentionSince };
}
