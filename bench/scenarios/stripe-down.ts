import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyBooks } from '../shop/books.ts';
import { duration, spread } from '../shop/figures.ts';
import { countByStatus, countEvents, placeMany } from '../shop/orders.ts';
import { endsAfter } from '../shop/recovery.ts';
import type { Scenario } from './scenario.ts';

export interface StripeDownOptions {
  /** Half of them are under way when Stripe goes, half come while it is away. */
  readonly orders: number;
  readonly downMs: number;
  readonly timeoutMs: number;
}

/** Stripe's stand-in is killed and away for a while: orders wait, then complete; none fails, nobody is called. */
export const stripeDown: Scenario<StripeDownOptions> = {
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 100, downMs: 60_000, timeoutMs: 120_000 },
  async run(shop, { orders, downMs, timeoutMs }, report) {
    const since = new Date();
    await placeMany(shop.storefront, orders / 2, orders);
    await shop.outages.crash('stripe');
    await placeMany(shop.storefront, orders / 2, orders);
    await pause(downMs);
    report(`after ${duration(downMs)} without Stripe: ${JSON.stringify(await countByStatus(shop, since))}`);

    await shop.outages.restore('stripe');
    const backMs = Date.now();
    const { summary } = await verifyBooks(shop, timeoutMs);
    report(
      `from Stripe's return to the end of each order then in flight: ${spread(await endsAfter(shop.pool, backMs))}`,
    );
    report(summary);
    assert.deepEqual(await countByStatus(shop, since), { completed: orders });
    assert.equal(await countEvents(shop, 'order.needs_attention', since), 0, 'an operator was called');
    return summary;
  },
};
