import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyBooks } from '../shop/books.ts';
import { duration, spread } from '../shop/figures.ts';
import { countByStatus, placeMany } from '../shop/orders.ts';
import { endsAfter } from '../shop/recovery.ts';
import type { Storefront } from '../shop/storefront.ts';
import { until } from '../shop/wait.ts';
import type { Scenario } from './scenario.ts';

export interface PostgresKillOptions {
  /** Half of them are under way when Postgres goes, half are asked for while it is away. */
  readonly orders: number;
  readonly timeoutMs: number;
}

/** How long the first half is under way before the kill. */
const headStartMs = 500;

/** Between two tries of a customer who insists. */
const retryMs = 200;

/** Postgres, Temporal's data included, is killed with SIGKILL: what was accepted ends, once. */
export const postgresKill: Scenario<PostgresKillOptions> = {
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 100, timeoutMs: 180_000 },
  async run(shop, { orders, timeoutMs }, report) {
    const since = new Date();
    await placeMany(shop.storefront, orders / 2, orders);
    await pause(headStartMs);
    const killedMs = Date.now();
    const back = shop.outages.kill('postgres');
    const answers = new Map<number, number>();
    const insistent = Array.from({ length: orders / 2 }, () => insist(shop.storefront, answers, timeoutMs));
    report(`Postgres is back after ${duration(await back)}`);
    const ids = await Promise.all(insistent);
    report(`answers to POST from the kill on: ${JSON.stringify(Object.fromEntries(answers))}`);

    const { summary } = await verifyBooks(shop, timeoutMs);
    const ends = await endsAfter(shop.pool, killedMs);
    report(`from the kill to the end of each order then in flight: ${spread(ends)}`);
    report(summary);
    assert.equal(new Set(ids).size, orders / 2, 'orders of those who insisted');
    assert.deepEqual(await countByStatus(shop, since), { completed: orders });
    const strange = [...answers.keys()].filter(
      (status) => status !== 202 && status !== 503 && status !== 409,
    );
    assert.deepEqual(strange, []);
    return summary;
  },
};

/** Places one order as a storefront should: with a key, again and again until it is accepted. Gives its id. */
async function insist(
  storefront: Storefront,
  answers: Map<number, number>,
  timeoutMs: number,
): Promise<string> {
  const key = randomUUID();
  const tryOnce = async () => {
    const { status, body } = await storefront.place({}, key);
    answers.set(status, (answers.get(status) ?? 0) + 1);
    return status === 202 ? body.orderId : undefined;
  };
  return until('an order is accepted', timeoutMs, tryOnce, retryMs);
}
