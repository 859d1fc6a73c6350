import { repairsOf } from '../../db/findings.ts';
import { listNotUndone, type EndedHold } from '../../db/orders/ended-holds.ts';
import { record } from '../../db/orders/events.ts';
import { lock } from '../../db/orders/life.ts';
import * as payments from '../../db/orders/payments.ts';
import type { Tx } from '../../db/pool.ts';
import * as shipments from '../../db/orders/shipments.ts';
import * as steps from '../../db/orders/steps.ts';
import * as stock from '../../db/products/stock.ts';
import { mainWarehouse, stepNames, type StepName } from '../../domain/order.ts';
import type { OrderActivities } from '../index.ts';
import { askLabelRefund } from '../shipping.ts';
import type { ReconcileContext } from './context.ts';
import { endPayment } from './give-back.ts';
import type { Report } from './report.ts';

/** After so many repairs of one order within a day a person has to look; the imbalance stays. */
const maxRepairsADay = 5;

/** The undo of each step, as the saga knows it. */
const undos = {
  reserve_stock: 'releaseStock',
  authorize_payment: 'voidPayment',
  confirm: 'retractOrder',
  buy_label: 'refundLabel',
  capture_payment: 'refundPayment',
} as const satisfies Record<StepName, keyof OrderActivities>;

/**
 * Lets go of what a failed or cancelled order still holds: by the undo of each step that is not undone, newest first, and
 * what is held behind the back of an undone step by the provider's own state.
 */
export async function releaseHold(
  ctx: ReconcileContext,
  saga: OrderActivities,
  report: Report,
  { orderId, held }: EndedHold,
): Promise<void> {
  const before = await repairsOf(ctx.pool, 'hold_of_ended_order', orderId, ctx.limits.quietMs);
  if (before.justNow > 0 || before.today >= maxRepairsADay) return;
  const open = await listNotUndone(ctx.pool, orderId);
  for (const step of stepNames.toReversed()) {
    if (open.includes(step)) await saga[undos[step]]({ orderId });
  }
  if (held.includes('authorization') || held.includes('charge')) await giveBackPayment(ctx, saga, orderId);
  if (held.includes('label')) await refundLabel(ctx, orderId);
  const finding = { kind: 'hold_of_ended_order', subject: orderId, orderId, facts: { held } } as const;
  await report.repair(finding, 'undone');
}

async function giveBackPayment(ctx: ReconcileContext, saga: OrderActivities, orderId: string): Promise<void> {
  const payment = await payments.find(ctx.pool, orderId);
  if (payment) await endPayment(ctx, saga, orderId, payment.intentId);
}

async function refundLabel(ctx: ReconcileContext, orderId: string): Promise<void> {
  const shipment = await shipments.find(ctx.pool, orderId, mainWarehouse);
  if (!shipment?.carrierShipmentId || shipment.labelRefund !== null) return;
  await askLabelRefund(ctx, shipment.id, shipment.carrierShipmentId);
}

/** Gives back the stock of an order that has ended; a completed one has shipped it. */
export async function freeStock(tx: Tx, orderId: string): Promise<boolean> {
  const { status } = await lock(tx, orderId);
  if (status === 'completed') return (await stock.ship(tx, orderId)) > 0;
  if (status !== 'failed' && status !== 'cancelled') return false;
  await steps.beginUndo(tx, orderId, 'reserve_stock');
  await steps.finishUndo(tx, orderId, 'reserve_stock');
  if ((await stock.release(tx, orderId)) === 0) return false;
  await record(tx, orderId, { type: 'stock.released' }, { fulfillmentStatus: 'released' });
  return true;
}
