import sql from 'sql-template-tag';
import type { ShipmentStatus } from '../../domain/shipment.ts';
import { execute, query, type Db } from '../pool.ts';
import type { LabelRefund } from './shipments.ts';

/** The carrier has been asked about these shipments. */
export async function markAsked(db: Db, shipmentIds: readonly string[]): Promise<void> {
  await execute(
    db,
    sql`update shipments set carrier_checked_at = clock_timestamp() where id = any(${shipmentIds}::uuid[])`,
  );
}

/** A label whose refund the carrier has not decided about. */
export interface RefundUnderWay {
  readonly id: string;
  readonly orderId: string;
  readonly carrierShipmentId: string;
  readonly labelRefund: LabelRefund;
}

/** Those that the carrier has not been asked about for `silenceMs`, the longest unasked first. */
export async function listRefundsUnderWay(
  db: Db,
  silenceMs: number,
  limit: number,
): Promise<RefundUnderWay[]> {
  return query<RefundUnderWay>(
    db,
    sql`select id, order_id as "orderId", carrier_shipment_id as "carrierShipmentId", label_refund as "labelRefund"
        from shipments
        where label_refund = 'submitted' and carrier_shipment_id is not null
          and coalesce(carrier_checked_at, updated_at)
            < clock_timestamp() - ${silenceMs}::float8 * interval '1 millisecond'
        order by carrier_checked_at nulls first limit ${limit}`,
  );
}

/** A parcel that is on its way, or should be. */
export interface SilentParcel {
  readonly id: string;
  readonly orderId: string;
  readonly status: ShipmentStatus;
}

/** Parcels of open orders of which nothing was heard for `silenceMs`, and about which nobody has asked since. */
export async function listSilent(db: Db, silenceMs: number, limit: number): Promise<SilentParcel[]> {
  return query<SilentParcel>(
    db,
    sql`select s.id, s.order_id as "orderId", s.status from shipments s join orders o on o.id = s.order_id
        where s.tracking_code is not null and s.delivered_at is null and s.label_refund is null
          and s.updated_at < clock_timestamp() - ${silenceMs}::float8 * interval '1 millisecond'
          and (s.carrier_checked_at is null
            or s.carrier_checked_at < clock_timestamp() - ${silenceMs}::float8 * interval '1 millisecond')
          and o.status = 'confirmed'
        order by s.updated_at limit ${limit}`,
  );
}

/** A shipment that was planned for an order which then ended badly, and for which we know no label. */
export interface AbandonedShipment {
  readonly id: string;
  readonly orderId: string;
  readonly reference: string;
  readonly intendedAt: Date;
}

/**
 * Those whose step was undone at least `settleMs` ago, so that nothing can land any more, and at which nobody has looked
 * since. Of orders accepted within the last week.
 */
export async function listAbandoned(db: Db, settleMs: number, limit: number): Promise<AbandonedShipment[]> {
  return query<AbandonedShipment>(
    db,
    sql`select s.id, s.order_id as "orderId", s.reference, st.intended_at as "intendedAt"
        from orders o
        join shipments s on s.order_id = o.id
        join order_steps st on st.order_id = o.id and st.step = 'buy_label'
        where o.created_at > clock_timestamp() - interval '7 days' and o.status in ('failed', 'cancelled')
          and s.label_refund is null and st.state = 'undone' and st.settled_at is null
          and st.undone_at < clock_timestamp() - ${settleMs}::float8 * interval '1 millisecond'
          and (s.carrier_checked_at is null
            or s.carrier_checked_at < st.undone_at + ${settleMs}::float8 * interval '1 millisecond')
        order by o.created_at limit ${limit}`,
  );
}
