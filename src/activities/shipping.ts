import { record } from '../db/orders/events.ts';
import { markAsked } from '../db/orders/parcel-looks.ts';
import { lock, lockForward, weightGrams, type OrderFacts } from '../db/orders/life.ts';
import { transaction } from '../db/pool.ts';
import * as shipments from '../db/orders/shipments.ts';
import * as steps from '../db/orders/steps.ts';
import { Failure } from '../domain/failures.ts';
import { shipmentReference } from '../domain/ids.ts';
import { newId } from '../domain/new-id.ts';
import { mainWarehouse } from '../domain/order.ts';
import type { ShipmentStatus } from '../domain/shipment.ts';
import { cheapestRate, type CarrierShipment, type Label } from '../providers/easypost.ts';
import type { ActivityContext, OrderRef } from './context.ts';

const step = 'buy_label';

/** How far the carrier's clock may be behind ours when we look for what we made, in milliseconds. */
const clockSkewMs = 5 * 60 * 1000;

/** What an attempt has on the way at most: a look, a create and a buy. */
const callsInFlight = 3;

type Context = Pick<ActivityContext, 'pool' | 'carriers' | 'shipFrom' | 'providerTimeoutMs'>;

export function createShipping(ctx: Context) {
  const { pool } = ctx;

  return {
    /** Buys the label of the order's parcel, once. Refuses with `UndeliverableAddress`. */
    async buyLabel({ orderId }: OrderRef): Promise<void> {
      try {
        await buyLabel(ctx, orderId);
      } catch (error) {
        throw await settleRefusal(ctx, orderId, error);
      }
    },

    /**
     * Asks for the label's money back. The carrier has no tombstones, so the undo waits until nothing of an earlier
     * attempt can still be on its way, and then looks; the refund itself takes days.
     */
    async refundLabel({ orderId }: OrderRef): Promise<void> {
      const { fence, shipment } = await transaction(pool, async (tx) => {
        await lock(tx, orderId);
        return {
          fence: await steps.beginUndo(tx, orderId, step),
          shipment: await shipments.find(tx, orderId, mainWarehouse),
        };
      });
      if (fence.before === 'undone') return;
      waitOutInFlight(fence);
      const refund = shipment && fence.before !== 'never' ? await refundBought(ctx, fence, shipment) : null;
      await transaction(pool, async (tx) => {
        await lock(tx, orderId);
        if (shipment && refund) await shipments.markLabelRefund(tx, shipment.id, refund);
        if (!(await steps.finishUndo(tx, orderId, step)) || !shipment || !refund) return;
        const data = { shipmentId: shipment.id, refund };
        await record(tx, orderId, { type: 'shipment.label_refund_requested', data });
      });
    },

    /** Asks the carrier where the parcel is, in case its webhook never came. Gives the status known afterwards. */
    async checkTracking({ orderId }: OrderRef): Promise<ShipmentStatus | null> {
      const shipment = await shipments.find(pool, orderId, mainWarehouse);
      if (!shipment?.trackingCode || !shipment.carrierShipmentId) return null;
      const { trackingCode, carrierShipmentId } = shipment;
      const { status, updatedAt: occurredAt } = await ctx.carriers.tracker(trackingCode);
      await transaction(pool, (tx) =>
        shipments.applyTracking(tx, { trackingCode, carrierShipmentId, status, occurredAt }),
      );
      await markAsked(pool, [shipment.id]);
      return status;
    },
  };
}

async function buyLabel(ctx: Context, orderId: string): Promise<void> {
  const { order, fence, shipment } = await transaction(ctx.pool, async (tx) => ({
    order: await lockForward(tx, orderId),
    fence: await steps.intend(tx, orderId, step, ctx.providerTimeoutMs * callsInFlight),
    shipment: await shipments.plan(tx, {
      id: newId(),
      orderId,
      warehouse: mainWarehouse,
      reference: shipmentReference(orderId, mainWarehouse),
    }),
  }));
  if (fence.state === 'landed') return;
  const known = await obtainShipment(ctx, order, fence, shipment);
  const bought = known.label
    ? known
    : await ctx.carriers.buy({ shipmentId: known.id, rateId: cheapestRate(known.rates).id });
  await land(ctx, orderId, shipment.id, bought);
}

/** The order's shipment at the carrier: the known one, one that an earlier attempt has made, or a new one. */
async function obtainShipment(
  ctx: Context,
  order: OrderFacts,
  fence: steps.IntendedStep,
  shipment: shipments.Shipment,
): Promise<CarrierShipment> {
  if (shipment.carrierShipmentId) return ctx.carriers.retrieveShipment(shipment.carrierShipmentId);
  const made =
    (fence.repeated ? await lookForShipment(ctx, fence, shipment) : undefined) ??
    (await ctx.carriers.createShipment({
      reference: shipment.reference,
      to: order.shippingAddress,
      from: ctx.shipFrom,
      weightGrams: await weightGrams(ctx.pool, order.id),
    }));
  const counts = await shipments.adoptCarrierShipment(ctx.pool, shipment.id, made.id);
  return counts === made.id ? made : ctx.carriers.retrieveShipment(counts);
}

async function lookForShipment(
  ctx: Context,
  fence: steps.Step,
  { reference }: shipments.Shipment,
): Promise<CarrierShipment | undefined> {
  const createdAfter = new Date(fence.intendedAt.getTime() - clockSkewMs);
  const made = await ctx.carriers.findByReference({ reference, createdAfter });
  return made.find(({ label }) => label !== null) ?? made[0];
}

/** An address that no carrier serves is a final answer; nothing is on its way any more. Gives the error back. */
async function settleRefusal(ctx: Context, orderId: string, error: unknown): Promise<unknown> {
  if (error instanceof Failure && error.type === 'UndeliverableAddress') {
    await steps.settle(ctx.pool, orderId, step);
  }
  return error;
}

async function land(
  ctx: Context,
  orderId: string,
  shipmentId: string,
  bought: CarrierShipment,
): Promise<void> {
  const { label } = bought;
  if (!label) throw new Failure('ProviderStateConflict', 'a bought shipment has no label');
  try {
    await transaction(ctx.pool, async (tx) => {
      await lock(tx, orderId);
      const { first, durationMs } = await steps.land(tx, orderId, step);
      if (!first) return;
      await shipments.markBought(tx, shipmentId, toLabel(bought.id, label));
      await record(tx, orderId, {
        type: 'shipment.label_bought',
        data: { shipmentId, carrier: label.carrier, trackingCode: label.trackingCode },
        durationMs,
      });
    });
  } catch (error) {
    // The label landed after its undo: the one that notices undoes it (law 4).
    if (error instanceof Failure && error.type === 'StepUndone')
      await askLabelRefund(ctx, shipmentId, bought.id);
    throw error;
  }
}

/** Asks for a label's money back and writes down how that stands. */
export async function askLabelRefund(
  ctx: Pick<Context, 'pool' | 'carriers'>,
  shipmentId: string,
  carrierShipmentId: string,
): Promise<shipments.LabelRefund> {
  const status = await askRefund(ctx, carrierShipmentId);
  await transaction(ctx.pool, (tx) => shipments.markLabelRefund(tx, shipmentId, status));
  return status;
}

/** Asks for the money back; `rejected` when the carrier has the parcel already, so that there is none to be had. */
async function askRefund(
  ctx: Pick<Context, 'carriers'>,
  carrierShipmentId: string,
): Promise<shipments.LabelRefund> {
  try {
    return (await ctx.carriers.refundLabel(carrierShipmentId)).status;
  } catch (error) {
    if (error instanceof Failure && error.type === 'ProviderStateConflict') return 'rejected';
    throw error;
  }
}

function toLabel(carrierShipmentId: string, label: Label): shipments.Label {
  const { carrier, service, trackingCode, trackingUrl, price } = label;
  return { carrierShipmentId, carrier, service, trackingCode, trackingUrl, price };
}

function waitOutInFlight({ inFlightUntil }: steps.Step): void {
  const remainingMs = inFlightUntil ? inFlightUntil.getTime() - Date.now() : 0;
  if (remainingMs <= 0) return;
  throw new Failure('ProviderStateConflict', 'an attempt to buy the label may still be on its way', {
    retryAfterMs: remainingMs,
  });
}

/** Gives what became of the refund, or null when no label had been bought. */
async function refundBought(ctx: Context, fence: steps.Step, shipment: shipments.Shipment) {
  const made = shipment.carrierShipmentId
    ? await ctx.carriers.retrieveShipment(shipment.carrierShipmentId)
    : await lookForShipment(ctx, fence, shipment);
  if (!made?.label) return null;
  return askRefund(ctx, made.id);
}
