import * as steps from '../../db/orders/steps.ts';
import * as payments from '../../db/orders/payments.ts';
import { record } from '../../db/orders/events.ts';
import { lock, lockForward, type OrderFacts } from '../../db/orders/life.ts';
import { transaction } from '../../db/pool.ts';
import { Failure, refused } from '../../domain/failures.ts';
import { providerKey } from '../../domain/ids.ts';
import type { Intent } from '../../providers/stripe.ts';
import type { ActivityContext, OrderRef } from '../context.ts';
import { isStoredRefusal, keysExpired, underKeys } from './burnt-keys.ts';
import { lookForIntent, obtainIntent } from './intent.ts';

const step = 'authorize_payment';

export interface Authorization {
  /** RFC 3339; null where the provider gives no limit. */
  readonly captureBefore: string | null;
}

type Context = Pick<ActivityContext, 'pool' | 'payments'>;

export function createAuthorization(ctx: Context) {
  const { pool } = ctx;

  return {
    /** Holds the order's total on the card. Refuses with `PaymentDeclined` or `PaymentActionRequired`. */
    async authorizePayment({ orderId }: OrderRef): Promise<Authorization> {
      const { order, fence, payment } = await transaction(pool, async (tx) => ({
        order: await lockForward(tx, orderId),
        fence: await steps.intend(tx, orderId, step),
        payment: await payments.find(tx, orderId),
      }));
      if (fence.state === 'landed') return { captureBefore: payment?.captureBefore?.toISOString() ?? null };

      const intent = payment
        ? await ctx.payments.retrieve(payment.intentId)
        : await obtainIntent(ctx, order, fence);
      const authorized = await confirm(ctx, order, fence, intent);
      await land(ctx, orderId, authorized);
      return { captureBefore: authorized.captureBefore?.toISOString() ?? null };
    },

    /** Lets go of what is held, or makes sure that it never will be: a cancelled intent takes no confirmation. */
    async voidPayment({ orderId }: OrderRef): Promise<void> {
      const { order, fence, payment } = await transaction(pool, async (tx) => ({
        order: await lock(tx, orderId),
        fence: await steps.beginUndo(tx, orderId, step),
        payment: await payments.find(tx, orderId),
      }));
      if (fence.before === 'undone') return;
      const mayExist = fence.before !== 'never' && !(payment && payment.capturedMinor > 0);
      const intentId = payment?.intentId ?? (mayExist ? await replayCreate(ctx, order, fence) : null);
      if (mayExist && intentId) await cancelIntent(ctx, orderId, fence, intentId);
      await transaction(pool, async (tx) => {
        const { paymentStatus } = await lock(tx, orderId);
        await payments.markVoided(tx, orderId);
        if (!(await steps.finishUndo(tx, orderId, step)) || !mayExist || !intentId) return;
        const move = paymentStatus === 'declined' ? {} : ({ paymentStatus: 'voided' } as const);
        await record(tx, orderId, { type: 'payment.voided', data: { intentId } }, move);
      });
    },
  };
}

/** Brings the intent to `requires_capture`, from wherever an earlier attempt has left it. */
async function confirm(ctx: Context, order: OrderFacts, fence: steps.Step, intent: Intent): Promise<Intent> {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return intent;
    case 'requires_confirmation': {
      if (keysExpired(fence, Date.now())) {
        await steps.renewKeys(ctx.pool, order.id, step, fence.keyGeneration);
        throw new Failure(
          'ProviderStateConflict',
          'the idempotency key may be forgotten: going on with a new one',
        );
      }
      const key = providerKey(order.id, 'confirm', fence.keyGeneration);
      const answer = await underKeys(ctx.pool, order.id, step, fence.keyGeneration, () =>
        ctx.payments.confirm({ intentId: intent.id, key }),
      ).catch(async (error: unknown) => {
        throw await noteRefusal(ctx, order.id, error);
      });
      if (answer.status !== 'requires_confirmation') return confirm(ctx, order, fence, answer);
      throw new Failure('ProviderStateConflict', 'a confirmed intent still asks for confirmation');
    }
    case 'requires_payment_method':
      throw await noteRefusal(
        ctx,
        order.id,
        refused('PaymentDeclined', 'the card was declined', { ...intent.lastDecline }),
      );
    case 'requires_action':
      throw await noteRefusal(
        ctx,
        order.id,
        refused('PaymentActionRequired', 'the card asks its holder to confirm the payment'),
      );
    case 'processing':
      throw new Failure('ProviderStateConflict', 'the provider is still working on the payment');
    case 'canceled':
      // By our undo, which nobody asks any more, or by somebody at the provider.
      throw refused('PaymentDeclined', 'the payment was cancelled at the provider');
    default:
      return intent.status satisfies never;
  }
}

/** A no shows on the order. Gives the error back. */
async function noteRefusal(ctx: Context, orderId: string, error: unknown): Promise<unknown> {
  if (!(error instanceof Failure)) return error;
  if (error.type !== 'PaymentDeclined' && error.type !== 'PaymentActionRequired') return error;
  await transaction(ctx.pool, async (tx) => {
    const order = await lock(tx, orderId);
    if (order.paymentStatus !== 'none') return;
    await record(
      tx,
      orderId,
      { type: 'payment.declined', data: { failureType: error.type, ...error.facts } },
      { paymentStatus: 'declined' },
    );
  });
  return error;
}

async function land(ctx: Context, orderId: string, intent: Intent): Promise<void> {
  await transaction(ctx.pool, async (tx) => {
    await lock(tx, orderId);
    const { first, durationMs } = await steps.land(tx, orderId, step);
    if (!first) return;
    await payments.markAuthorized(tx, orderId, intent.captureBefore);
    await record(
      tx,
      orderId,
      { type: 'payment.authorized', data: { intentId: intent.id }, durationMs },
      { paymentStatus: 'authorized' },
    );
  });
}

/**
 * The id of an intent that may have been made although no reply told us. Replaying the create under its key gives it,
 * or makes it now: either way there is something to cancel, which then stands in the way of whatever comes late.
 */
async function replayCreate(ctx: Context, order: OrderFacts, fence: steps.Step): Promise<string | null> {
  try {
    return (await obtainIntent(ctx, order, fence)).id;
  } catch (error) {
    // The provider refuses to make it, so it never was.
    if (error instanceof Failure && error.type === 'PaymentDeclined') return null;
    // Nothing was made under this key, and nothing that is late ever will be; under an earlier key it may have been.
    if (isStoredRefusal(error)) return (await lookForIntent(ctx, order, fence))?.id ?? null;
    throw error;
  }
}

async function cancelIntent(
  ctx: Context,
  orderId: string,
  fence: steps.Step,
  intentId: string,
): Promise<void> {
  const key = providerKey(orderId, 'cancel', fence.keyGeneration);
  await underKeys(ctx.pool, orderId, step, fence.keyGeneration, () => ctx.payments.cancel({ intentId, key }));
}
