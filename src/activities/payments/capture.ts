import * as steps from '../../db/orders/steps.ts';
import * as payments from '../../db/orders/payments.ts';
import { record } from '../../db/orders/events.ts';
import { clearAttentionFor, lock, lockForward, type OrderFacts } from '../../db/orders/life.ts';
import { transaction } from '../../db/pool.ts';
import { Failure } from '../../domain/failures.ts';
import { providerKey } from '../../domain/ids.ts';
import { authorizationWatch } from '../../domain/order.ts';
import type { ActivityContext, OrderRef } from '../context.ts';
import { freshGeneration, underKeys } from './burnt-keys.ts';
import { totalOf } from './intent.ts';
import { giveBack } from './refund.ts';

const step = 'capture_payment';

type Context = Pick<ActivityContext, 'pool' | 'payments'>;

export function createCapture(ctx: Context) {
  const { pool } = ctx;

  return {
    /** Takes what was held: the gate before hand-over and the pivot of the saga (law 7). */
    async capturePayment({ orderId }: OrderRef): Promise<void> {
      const { order, fence, payment } = await transaction(pool, async (tx) => ({
        order: await lockForward(tx, orderId),
        fence: await steps.intend(tx, orderId, step),
        payment: await payments.find(tx, orderId),
      }));
      if (fence.state === 'landed') return;
      if (!payment) throw new Error(`order ${orderId} is to be charged without an authorization`);
      if (!fence.repeated || !(await hasBeenCaptured(ctx, payment.intentId))) {
        await capture(ctx, orderId, fence, payment.intentId);
      }
      await land(ctx, order);
    },

    /**
     * Gives back in full what was taken. What was not taken yet never will be: the intent is cancelled, and Stripe
     * lets only one of capture and cancel happen.
     */
    async refundPayment({ orderId }: OrderRef): Promise<void> {
      const { order, fence, payment } = await transaction(pool, async (tx) => ({
        order: await lock(tx, orderId),
        fence: await steps.beginUndo(tx, orderId, step),
        payment: await payments.find(tx, orderId),
      }));
      if (fence.before === 'undone') return;
      const mayBeTaken = payment && fence.before !== 'never';
      const refund = mayBeTaken ? await giveBack(ctx, order, fence, payment.intentId) : null;
      await transaction(pool, async (tx) => {
        await lock(tx, orderId);
        if (refund) {
          await payments.bookCapture(tx, orderId, totalOf(order));
          await payments.bookRefund(tx, orderId, refund.id, totalOf(order));
        }
        if (!(await steps.finishUndo(tx, orderId, step)) || !refund) return;
        await record(
          tx,
          orderId,
          { type: 'payment.refunded', data: { refundId: refund.id, amountMinor: order.totalMinor } },
          { paymentStatus: 'refunded' },
        );
      });
    },
  };
}

async function hasBeenCaptured(ctx: Context, intentId: string): Promise<boolean> {
  const { status } = await ctx.payments.retrieve(intentId);
  if (status === 'succeeded') return true;
  if (status === 'requires_capture') return false;
  throw new Failure('ProviderStateConflict', `an intent to be captured is ${status}`, { facts: { status } });
}

async function capture(ctx: Context, orderId: string, fence: steps.Step, intentId: string): Promise<void> {
  const generation = await freshGeneration(ctx.pool, orderId, step, fence);
  const key = providerKey(orderId, 'capture', generation);
  await underKeys(ctx.pool, orderId, step, generation, () => ctx.payments.capture({ intentId, key }));
}

async function land(ctx: Context, order: OrderFacts): Promise<void> {
  await transaction(ctx.pool, async (tx) => {
    await lock(tx, order.id);
    const { first, durationMs } = await steps.land(tx, order.id, step);
    if (!first) return;
    await payments.bookCapture(tx, order.id, totalOf(order));
    await clearAttentionFor(tx, order.id, authorizationWatch);
    await record(
      tx,
      order.id,
      { type: 'payment.captured', data: { amountMinor: order.totalMinor }, durationMs },
      { paymentStatus: 'captured' },
    );
  });
}
