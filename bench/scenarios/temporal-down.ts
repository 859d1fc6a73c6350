import assert from 'node:assert/strict';
import { verifyBooks } from '../shop/books.ts';
import { median, quantile, spread } from '../shop/figures.ts';
import { countByStatus } from '../shop/orders.ts';
import { placePaced } from '../shop/pace.ts';
import { endsAfter } from '../shop/recovery.ts';
import type { Scenario } from './scenario.ts';

export interface TemporalDownOptions {
  /** Orders placed before Temporal goes, and again while it is away. */
  readonly orders: number;
  readonly perSecond: number;
  /** How much slower a POST may be while Temporal is away, as a ratio of medians. */
  readonly mostSlowdown: number;
  readonly timeoutMs: number;
}

/** Temporal is killed: orders are accepted as fast as before, and run to their end once it is back. */
export const temporalDown: Scenario<TemporalDownOptions> = {
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 200, perSecond: 5, mostSlowdown: 1.5, timeoutMs: 400_000 },
  async run(shop, { orders, perSecond, mostSlowdown, timeoutMs }, report) {
    const since = new Date();
    const place = () => placePaced(shop.constellation.urls.api, { count: orders, perSecond });
    await placePaced(shop.constellation.urls.api, { count: warmUps, perSecond });
    const before = await place();
    report(`POST before: ${spread(before.durationsMs)}`);

    await shop.outages.crash('temporal');
    const during = await place();
    report(`POST while Temporal is away: ${spread(during.durationsMs)}`);
    const ratio = median(during.durationsMs) / median(before.durationsMs);
    const tail = quantile(during.durationsMs, 0.99) / quantile(before.durationsMs, 0.99);
    report(`during / before: p50 ${ratio.toFixed(2)}, p99 ${tail.toFixed(2)}`);

    await shop.outages.restore('temporal');
    const backMs = Date.now();
    const { summary } = await verifyBooks(shop, timeoutMs);
    report(
      `from Temporal's return to the end of each order then in flight: ${spread(await endsAfter(shop.pool, backMs))}`,
    );
    report(summary);

    assert.deepEqual(
      [...before.statuses, ...during.statuses],
      [
        [202, orders],
        [202, orders],
      ],
    );
    assert.deepEqual(await countByStatus(shop, since), { completed: warmUps + 2 * orders });
    assert.ok(ratio <= mostSlowdown, `a POST took ${ratio.toFixed(2)} times as long`);
    return summary;
  },
};

/** Orders that are not counted: connections, plans and compiled code come to be. */
const warmUps = 30;
