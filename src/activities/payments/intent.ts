import * as steps from '../../db/orders/steps.ts';
import * as payments from '../../db/orders/payments.ts';
import { lock, type OrderFacts } from '../../db/orders/life.ts';
import { transaction } from '../../db/pool.ts';
import { providerKey } from '../../domain/ids.ts';
import { money, type Money } from '../../domain/money.ts';
import type { Intent } from '../../providers/stripe.ts';
import type { ActivityContext } from '../context.ts';
import { mustLookFirst, underKeys } from './burnt-keys.ts';

const step = 'authorize_payment';

/** How far the provider's clock may be behind ours when we look for what we made, in milliseconds. */
const clockSkewMs = 5 * 60 * 1000;

export function totalOf(order: Pick<OrderFacts, 'totalMinor' | 'currency'>): Money {
  return money(order.totalMinor, order.currency);
}

/**
 * The order's intent: made under our key, or found where the key can no longer be trusted, and tied to the order
 * before anything is asked of the card.
 */
export async function obtainIntent(
  ctx: Pick<ActivityContext, 'pool' | 'payments'>,
  order: OrderFacts,
  fence: steps.Step,
): Promise<Intent> {
  const made =
    (mustLookFirst(fence, Date.now()) ? await lookForIntent(ctx, order, fence) : null) ??
    (await underKeys(ctx.pool, order.id, step, fence.keyGeneration, () =>
      ctx.payments.create({
        orderId: order.id,
        amount: totalOf(order),
        paymentMethod: order.paymentMethod,
        key: providerKey(order.id, 'create', fence.keyGeneration),
      }),
    ));
  const counts = await transaction(ctx.pool, async (tx) => {
    await lock(tx, order.id);
    return payments.adoptIntent(tx, order.id, made.id, totalOf(order));
  });
  return counts === made.id ? made : ctx.payments.retrieve(counts);
}

/** The order's intent as the provider lists it, whichever key it was made under. */
export async function lookForIntent(
  ctx: Pick<ActivityContext, 'payments'>,
  order: OrderFacts,
  fence: steps.Step,
): Promise<Intent | null> {
  return ctx.payments.findByOrder({
    orderId: order.id,
    createdAfter: new Date(fence.intendedAt.getTime() - clockSkewMs),
  });
}
