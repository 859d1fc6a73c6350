import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { verifyBooks } from '../shop/books.ts';
import { duration, median, quantile, spread } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { startPacing, type Paced } from '../shop/pace.ts';
import type { Scenario } from './scenario.ts';
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

    const startedMs = performance.now();
    const [replies, burst] = await besides(pace(), placeAll(shop, buyers));
    report(`${buyers} POSTs at once: ${spread(replies.map(({ durationMs }) => durationMs))}`);
    report(`POST for other products until they were answered: ${spread(burst.durationsMs)}`);
    const [, during] = await besides(pace(), untilDecided(shop, buyers, timeoutMs));
    report(`all ${buyers} decided after ${duration(performance.now() - startedMs)}`);
    report(`POST for other products until then: ${spread(during.durationsMs)}`);
    const ratio = (share: number) =>
      quantile(during.durationsMs, share) / quantile(before.durationsMs, share);
    report(`until then / before: p50 ${ratio(0.5).toFixed(2)}, p99 ${ratio(0.99).toFixed(2)}`);

    const { summary } = await verifyBooks(shop, timeoutMs);
    report(summary);
    const outcome = await outcomes(shop);
    report(`of those for the last pieces: ${JSON.stringify(outcome)}`);
    assert.deepEqual(outcome, { completed: pieces, OutOfStock: buyers - pieces });
    const answers = [replies.map(({ status }) => status), ...[before, burst, during].flatMap(statusesOf)];
    assert.deepEqual([...new Set(answers.flat())], [202], 'answers to POST');
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

async function paceFor(pacing: ReturnType<typeof startPacing>, ms: number): Promise<Paced> {
  const [, paced] = await besides(pacing, pause(ms));
  return paced;
}

/** Paces until the work is over, whatever comes of it. */
async function besides<Result>(
  { stop, paced }: ReturnType<typeof startPacing>,
  work: Promise<Result>,
): Promise<[Result, Paced]> {
  const result = await work.finally(stop);
  return [result, await paced];
}

const statusesOf = ({ statuses }: Paced): number[] => statuses.map(([status]) => status);

async function placeAll({ storefront }: Shop, buyers: number) {
  return Promise.all(Array.from({ length: buyers }, () => storefront.place({ sku })));
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
