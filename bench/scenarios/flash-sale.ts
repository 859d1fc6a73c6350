import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { verifyBooks } from '../shop/books.ts';
import { duration, median, quantile, spread } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { startPacing } from '../shop/pace.ts';
import type { Report, Scenario } from './scenario.ts';
import { until } from '../shop/wait.ts';

export interface FlashSaleOptions {
  readonly buyers: number;
  readonly pieces: number;
  /** Orders for another product meanwhile. */
  readonly othersPerSecond: number;
  /** How long their pace is measured before the sale. */
  readonly beforeMs: number;
  readonly timeoutMs: number;
}

const sku = 'LAST-PIECES';
const otherSku = 'PLENTY';

/** Many more buyers than pieces, all at once: who is first gets one, the rest hear that it is sold out, and nobody else notices. */
export const flashSale: Scenario<FlashSaleOptions> = {
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { buyers: 1_000, pieces: 100, othersPerSecond: 4, beforeMs: 20_000, timeoutMs: 400_000 },
  async run(shop, { buyers, pieces, othersPerSecond, beforeMs, timeoutMs }, report) {
    await shop.storefront.offer(sku, pieces);
    await shop.storefront.offer(otherSku, 1_000_000);
    const deadlocksBefore = await deadlocks(shop);
    const pace = () =>
      startPacing(shop.constellation.urls.api, { basket: { sku: otherSku }, perSecond: othersPerSecond });

    await paceFor(pace(), beforeMs / 4); // Not counted: connections, plans and compiled code come to be.
    const before = await paceFor(pace(), beforeMs);
    report(`POST for other products before: ${spread(before.durationsMs)}`);

    const others = pace();
    const answers = await sell(shop, buyers, timeoutMs, report).finally(others.stop);
    const during = await others.paced;
    report(`POST for other products during: ${spread(during.durationsMs)}`);
    const ratio = (share: number) =>
      quantile(during.durationsMs, share) / quantile(before.durationsMs, share);
    report(`during / before: p50 ${ratio(0.5).toFixed(2)}, p99 ${ratio(0.99).toFixed(2)}`);

    const { summary } = await verifyBooks(shop, timeoutMs);
    report(summary);
    const outcome = await outcomes(shop);
    report(`of those for the last pieces: ${JSON.stringify(outcome)}`);
    assert.deepEqual(outcome, { completed: pieces, OutOfStock: buyers - pieces });
    assert.deepEqual(answers, [202], 'answers to the POSTs');
    assert.deepEqual(
      [before, during].map(({ statuses }) => statuses.map(([status]) => status)),
      [[202], [202]],
    );
    assert.equal(await deadlocks(shop), deadlocksBefore, 'deadlocks');
    assert.doesNotMatch(await readFile(join(shop.logsDir, 'postgres.log'), 'utf8'), /deadlock/i);
    assert.ok(
      median(during.durationsMs) < fastMs,
      `a POST for another product took ${duration(median(during.durationsMs))}`,
    );
    return summary;
  },
};

/** What counts as fast for a storefront that shares four cores with everything else. */
const fastMs = 100;

async function paceFor({ stop, paced }: ReturnType<typeof startPacing>, ms: number) {
  await pause(ms);
  stop();
  return paced;
}

/** Places all orders at once and waits until each buyer knows; gives the statuses that they were answered with. */
async function sell(shop: Shop, buyers: number, timeoutMs: number, report: Report): Promise<number[]> {
  const startedMs = performance.now();
  const replies = await Promise.all(Array.from({ length: buyers }, () => shop.storefront.place({ sku })));
  report(`${buyers} POSTs at once: ${spread(replies.map(({ durationMs }) => durationMs))}`);
  await untilDecided(shop, buyers, timeoutMs);
  report(`all ${buyers} decided after ${duration(performance.now() - startedMs)}`);
  return [...new Set(replies.map(({ status }) => status))];
}

/** Waits until each buyer has a piece confirmed or has been told that there is none. */
async function untilDecided(shop: Shop, buyers: number, timeoutMs: number): Promise<void> {
  await until('every buyer has been told', timeoutMs, async () => {
    const [row] = await query<{ decided: number }>(
      shop.pool,
      sql`select count(*) as decided from orders join order_lines on order_id = id
          where sku = ${sku} and status not in ('pending', 'processing')`,
    );
    return row?.decided === buyers || undefined;
  });
}

/** How the orders for the last pieces have ended, by failure where they failed. */
async function outcomes({ pool }: Shop): Promise<Record<string, number>> {
  const rows = await query<{ outcome: string; count: number }>(
    pool,
    sql`select coalesce(failure_type, status) as outcome, count(*) as count
        from orders join order_lines on order_id = id where sku = ${sku} group by 1 order by 2`,
  );
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
}

async function deadlocks({ pool }: Shop): Promise<number> {
  const [row] = await query<{ deadlocks: number }>(
    pool,
    sql`select deadlocks from pg_stat_database where datname = current_database()`,
  );
  return row?.deadlocks ?? 0;
}
