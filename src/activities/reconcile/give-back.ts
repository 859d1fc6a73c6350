import { listNotUndone } from '../../db/orders/ended-holds.ts';
import { record } from '../../db/orders/events.ts';
import { lock } from '../../db/orders/life.ts';
import * as payments from '../../db/orders/payments.ts';
import { transaction } from '../../db/pool.ts';
import { reconcilerKey } from '../../domain/ids.ts';
import { newId } from '../../domain/new-id.ts';
import { money } from '../../domain/money.ts';
import type { Intent } from '../../providers/stripe.ts';
import type { OrderActivities } from '../index.ts';
import { totalOf } from '../payments/intent.ts';
import type { ReconcileContext } from './context.ts';

type Context = Pick<ReconcileContext, 'pool' | 'payments'>;

/** What was done about an intent that nobody may hold. */
export type GivenBack =
  { readonly action: 'cancelled' } | { readonly action: 'refunded'; readonly refundId: string };

/** Whether the intent holds or has taken money. */
export function isLive({ status, amountReceivedMinor, amountRefundedMinor }: Intent): boolean {
  return (
    status === 'requires_capture' || (status === 'succeeded' && amountReceivedMinor > amountRefundedMinor)
  );
}

/** Lets go of what the intent holds, or gives back what it has taken; null when that has been done. It looks first. */
export async function giveBack(ctx: Context, orderId: string, intentId: string): Promise<GivenBack | null> {
  const intent = await ctx.payments.retrieve(intentId);
  if (!isLive(intent)) return null;
  const attempt = newId();
  if (intent.status === 'requires_capture') {
    await ctx.payments.cancel({ intentId, key: reconcilerKey(intentId, 'cancel', attempt) });
    return { action: 'cancelled' };
  }
  const left = intent.amountReceivedMinor - intent.amountRefundedMinor;
  const refund = await ctx.payments.refund({
    intentId,
    orderId,
    amount: money(left, intent.amount.currency),
    key: reconcilerKey(intentId, 'refund', attempt),
    reason: 'requested_by_customer',
  });
  return { action: 'refunded', refundId: refund.id };
}

/**
 * Ends the payment of an order that has ended badly: by the saga's own undo where a step of it is not undone, and whatever
 * is left after that by the provider's own state. Gives what was done in a word, or null when there was nothing to do.
 */
export async function endPayment(
  ctx: Context,
  saga: Pick<OrderActivities, 'refundPayment' | 'voidPayment'>,
  orderId: string,
  intentId: string,
): Promise<string | null> {
  const open = await listNotUndone(ctx.pool, orderId);
  const undone = open.includes('capture_payment') || open.includes('authorize_payment');
  if (open.includes('capture_payment')) await saga.refundPayment({ orderId });
  if (open.includes('authorize_payment')) await saga.voidPayment({ orderId });
  const given = await giveBackAdopted(ctx, orderId, intentId);
  return given?.action ?? (undone ? 'undone' : null);
}

/** The same for the one intent that counts for the order: our books follow. */
async function giveBackAdopted(ctx: Context, orderId: string, intentId: string): Promise<GivenBack | null> {
  const given = await giveBack(ctx, orderId, intentId);
  if (!given) return null;
  await transaction(ctx.pool, async (tx) => {
    const order = await lock(tx, orderId);
    if (given.action === 'cancelled') {
      await payments.markVoided(tx, orderId);
      await record(tx, orderId, { type: 'payment.voided', data: { intentId } }, { paymentStatus: 'voided' });
      return;
    }
    const { refundId } = given;
    await payments.bookCapture(tx, orderId, totalOf(order));
    await payments.bookRefund(tx, orderId, refundId, totalOf(order));
    const data = { refundId, amountMinor: order.totalMinor };
    await record(tx, orderId, { type: 'payment.refunded', data }, { paymentStatus: 'refunded' });
  });
  return given;
}
