import sql from 'sql-template-tag';
import { isDispatched, isInTrouble, isProgress, type ShipmentStatus } from '../../domain/shipment.ts';
import type { Money } from '../../domain/money.ts';
import * as alerts from '../alerts.ts';
import { enqueue } from '../outbox.ts';
import { execute, queryOne, type Db, type Tx } from '../pool.ts';
import { ship } from '../products/stock.ts';
import { record } from './events.ts';

/** How a label's refund stands, in EasyPost's words. */
export type LabelRefund = 'submitted' | 'refunded' | 'rejected' | 'not_applicable';

export interface Shipment {
  readonly id: string;
  readonly reference: string;
  readonly carrierShipmentId: string | null;
  /** Null until the label is bought. */
  readonly status: ShipmentStatus | null;
  readonly trackingCode: string | null;
  readonly labelRefund: LabelRefund | null;
}

export interface Label {
  readonly carrierShipmentId: string;
  readonly carrier: string;
  readonly service: string;
  readonly trackingCode: string;
  readonly trackingUrl: string | null;
  readonly price: Money;
}

const columns = sql`id, reference, carrier_shipment_id as "carrierShipmentId", status,
  tracking_code as "trackingCode", label_refund as "labelRefund"`;

/** Writes down, before the carrier hears of it, that the order ships from this warehouse. */
export async function plan(
  tx: Tx,
  shipment: { id: string; orderId: string; warehouse: string; reference: string },
): Promise<Shipment> {
  const row = await queryOne<Shipment>(
    tx,
    sql`insert into shipments (id, order_id, warehouse, reference)
        values (${shipment.id}, ${shipment.orderId}, ${shipment.warehouse}, ${shipment.reference})
        on conflict (order_id, warehouse) do update set updated_at = clock_timestamp()
        returning ${columns}`,
  );
  if (!row) throw new Error('an upsert gave no row');
  return row;
}

export async function find(db: Db, orderId: string, warehouse: string): Promise<Shipment | undefined> {
  return queryOne<Shipment>(
    db,
    sql`select ${columns} from shipments where order_id = ${orderId} and warehouse = ${warehouse}`,
  );
}

/** Ties the shipment to the carrier's, for good: gives the carrier's id that counts, which may be an earlier one. */
export async function adoptCarrierShipment(db: Db, id: string, carrierShipmentId: string): Promise<string> {
  const row = await queryOne<{ carrierShipmentId: string }>(
    db,
    sql`update shipments set carrier_shipment_id = coalesce(carrier_shipment_id, ${carrierShipmentId})
        where id = ${id} returning carrier_shipment_id as "carrierShipmentId"`,
  );
  if (!row) throw new Error(`shipment ${id} does not exist`);
  return row.carrierShipmentId;
}

export async function markBought(tx: Tx, id: string, label: Label): Promise<void> {
  await execute(
    tx,
    sql`update shipments set status = coalesce(status, 'label_bought'), carrier = ${label.carrier}, service = ${label.service},
          tracking_code = ${label.trackingCode}, tracking_url = ${label.trackingUrl},
          label_price_minor = ${label.price.amountMinor}, label_currency = ${label.price.currency},
          updated_at = clock_timestamp()
        where id = ${id} and carrier is null`,
  );
}

/** The label's refund has been asked for; a later answer of the carrier may move it on. */
export async function markLabelRefund(tx: Tx, id: string, status: LabelRefund): Promise<void> {
  await execute(
    tx,
    sql`update shipments set label_refund = ${status}, updated_at = clock_timestamp() where id = ${id}`,
  );
}

/** What the carrier says about a parcel, by webhook or when asked. */
export interface TrackingNews {
  readonly trackingCode: string;
  /** The carrier's id of the shipment, which we know before its label: a webhook may come before our own commit. */
  readonly carrierShipmentId: string | null;
  readonly status: ShipmentStatus;
  readonly occurredAt: Date | null;
}

interface TrackedShipment extends Shipment {
  readonly orderId: string;
  readonly dispatchedAt: Date | null;
  /** Its order was cancelled or has failed, and takes back or has taken back what it did. */
  readonly undone: boolean;
}

/**
 * Takes over what the carrier says, under the order's row lock: the status, and with it dispatch (the goods leave the
 * stock, no cancel is accepted any more) and delivery; nudges the workflow. News that is late, out of order or known
 * changes nothing. Gives the order's id, or null when the parcel is none of ours.
 */
export async function applyTracking(tx: Tx, news: TrackingNews): Promise<string | null> {
  const shipment = await lockTracked(tx, news);
  if (!shipment) return null;
  const { orderId } = shipment;
  if (!isProgress(shipment.status ?? 'label_bought', news.status)) return orderId;

  const dispatched = isDispatched(news.status) && shipment.dispatchedAt === null;
  const delivered = news.status === 'delivered';
  await execute(
    tx,
    sql`update shipments set status = ${news.status}, tracking_code = ${news.trackingCode}, updated_at = clock_timestamp(),
          dispatched_at = case when ${dispatched}::boolean then clock_timestamp() else dispatched_at end,
          delivered_at = case when ${delivered}::boolean then clock_timestamp() else delivered_at end
        where id = ${shipment.id}`,
  );
  const facts = { shipmentId: shipment.id, status: news.status };
  if (shipment.undone) {
    // The parcel moves although its order was undone first: that stands, and people have to fetch the parcel.
    await record(tx, orderId, { type: 'shipment.tracking', data: { ...facts, afterUndo: true } });
    const occurrence = `parcel-after-undo:${shipment.id}`;
    if (dispatched) await alerts.raise(tx, { occurrence, type: 'shipment.moves_after_undo', orderId, facts });
    return orderId;
  }
  if (dispatched) await recordDispatch(tx, orderId, facts);
  if (delivered) {
    await record(
      tx,
      orderId,
      { type: 'shipment.delivered', data: facts },
      { fulfillmentStatus: 'delivered' },
    );
  } else if (!dispatched) {
    await record(tx, orderId, { type: 'shipment.tracking', data: facts });
  }
  if (dispatched || delivered || isInTrouble(news.status)) {
    await enqueue(tx, orderId, {
      kind: 'signal_order',
      payload: { signal: 'tracking', status: news.status },
    });
  }
  return orderId;
}

async function recordDispatch(tx: Tx, orderId: string, facts: Record<string, unknown>): Promise<void> {
  await record(tx, orderId, { type: 'shipment.dispatched', data: facts }, { fulfillmentStatus: 'shipped' });
  await enqueue(tx, orderId, { kind: 'notice', payload: { notice: 'shipped' } });
  await ship(tx, orderId);
}

/** Locks the order first and its shipment after it, as every step does. */
async function lockTracked(tx: Tx, news: TrackingNews): Promise<TrackedShipment | undefined> {
  const known = await queryOne<{ id: string; orderId: string }>(
    tx,
    sql`select id, order_id as "orderId" from shipments
        where tracking_code = ${news.trackingCode} or carrier_shipment_id = ${news.carrierShipmentId}
        order by created_at limit 1`,
  );
  if (!known) return undefined;
  const order = await queryOne<{ undone: boolean }>(
    tx,
    sql`select cancel_requested_at is not null or unwinding_since is not null
          or status in ('failed', 'cancelled') as undone
        from orders where id = ${known.orderId} for no key update`,
  );
  const shipment = await queryOne<Shipment & { dispatchedAt: Date | null }>(
    tx,
    sql`select ${columns}, dispatched_at as "dispatchedAt" from shipments where id = ${known.id} for no key update`,
  );
  if (!order || !shipment) throw new Error(`shipment ${known.id} is gone`);
  return { ...shipment, orderId: known.orderId, undone: order.undone };
}
