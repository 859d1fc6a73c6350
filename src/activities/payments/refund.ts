import type * as steps from '../../db/orders/steps.ts';
import type { OrderFacts } from '../../db/orders/life.ts';
import { Failure } from '../../domain/failures.ts';
import { providerKey } from '../../domain/ids.ts';
import { money } from '../../domain/money.ts';
import type { Intent, Refund } from '../../providers/stripe.ts';
import type { ActivityContext } from '../context.ts';
import { freshGeneration, underKeys } from './burnt-keys.ts';

const step = 'capture_payment';

type Context = Pick<ActivityContext, 'pool' | 'payments'>;

/**
 * Gives back what the intent has taken, or what people have left of it. Gives the refund that was the last to be made, or
 * null when nothing had been taken and now nothing can be.
 */
export async function giveBack(
  ctx: Context,
  order: OrderFacts,
  fence: steps.Step,
  intentId: string,
): Promise<Refund | null> {
  const intent = await ctx.payments.retrieve(intentId);
  if (intent.status === 'canceled') return null;
  const generation = await freshGeneration(ctx.pool, order.id, step, fence);
  if (intent.status !== 'succeeded') {
    const key = providerKey(order.id, 'cancel', generation);
    await underKeys(ctx.pool, order.id, step, generation, () => ctx.payments.cancel({ intentId, key }));
    return null;
  }
  const refund =
    (await alreadyGiven(ctx, order.id, generation, intent)) ??
    (await underKeys(ctx.pool, order.id, step, generation, () =>
      ctx.payments.refund({
        intentId,
        amount: money(leftOf(intent), order.currency),
        key: providerKey(order.id, 'refund', generation),
        orderId: order.id,
        reason: 'requested_by_customer',
      }),
    ));
  if (isGood(refund)) return refund;
  throw new Failure('ProviderStateConflict', `the refund is ${refund.status}`, {
    facts: { refundId: refund.id },
  });
}

/** What the intent has taken and not given back, in the currency's smallest unit. */
function leftOf({ amountReceivedMinor, amountRefundedMinor }: Intent): number {
  return amountReceivedMinor - amountRefundedMinor;
}

function isGood({ status }: Refund): boolean {
  return status !== 'failed' && status !== 'canceled';
}

/** A refund made before: by people, where it leaves nothing to give back, or under any of our keys. */
async function alreadyGiven(
  ctx: Context,
  orderId: string,
  generation: number,
  intent: Intent,
): Promise<Refund | null> {
  const keys = Array.from({ length: generation }, (_, index) => providerKey(orderId, 'refund', index + 1));
  const made = await ctx.payments.listRefunds(intent.id);
  const ours = made.filter(({ key }) => key !== null && keys.includes(key));
  const known = ours.find(isGood) ?? (leftOf(intent) === 0 ? made.find(isGood) : ours[0]) ?? null;
  if (known === null && leftOf(intent) === 0)
    throw new Failure('ProviderStateConflict', 'all has been given back, by a refund that is not listed');
  return known;
}
