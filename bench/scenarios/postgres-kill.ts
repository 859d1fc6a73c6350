import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyBooks } from '../shop/books.ts';
import { duration, spread } from '../shop/figures.ts';
import { placeMany } from '../shop/orders.ts';
import { endsAfter } from '../shop/recovery.ts';
import { orderBody, type Placed, type Storefront } from '../shop/storefront.ts';
import { until } from '../shop/wait.ts';
import type { Scenario } from './scenario.ts';

export interface PostgresKillOptions {
  /** Half of them are under way when Postgres goes, half are asked for while it is away. */
  readonly orders: number;
  readonly timeoutMs: number;
}

/** How long the first half is under way before the kill. */
const headStartMs = 500;

/** Postgres, Temporal's data included, is killed with SIGKILL: what was accepted ends, once. */
export const postgresKill: Scenario<PostgresKillOptions> = {
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 100, timeoutMs: 180_000 },
  async run(shop, { orders, timeoutMs }, report) {
    const postgres = shop.constellation.part('postgres');
    await placeMany(shop.storefront, orders / 2, orders);
    await pause(headStartMs);
    const killedMs = Date.now();
    postgres.kill('SIGKILL');
    const statuses = new Map<number, number>();
    const insistent = Array.from({ length: orders / 2 }, () => insist(shop.storefront, statuses, timeoutMs));
    await until('Postgres is back', timeoutMs, async () => postgres.isReady || undefined);
    report(`Postgres is back after ${duration(Date.now() - killedMs)}`);
    const ids = await Promise.all(insistent);
    report(`answers while it was away and after: ${JSON.stringify([...statuses])}`);

    const { orders: audited, summary } = await verifyBooks(shop, { timeoutMs, losses: [killedMs] });
    report(
      `from the kill to the end of each order then in flight: ${spread(await endsAfter(shop.pool, killedMs))}`,
    );
    report(summary);
    assert.equal(new Set(ids).size, orders / 2, 'orders of those who insisted');
    assert.equal(audited.length, orders);
    assert.ok(
      audited.every(({ status }) => status === 'completed'),
      'every order completes',
    );
    assert.ok(
      [...statuses.keys()].every((status) => status === 202 || status === 503),
      'answers',
    );
  },
};

/** Places one order as a storefront should: with a key, again and again until it is accepted. Gives its id. */
async function insist(
  { http }: Storefront,
  statuses: Map<number, number>,
  timeoutMs: number,
): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() };
  return until('an order is accepted', timeoutMs, async () => {
    const reply = await http.call<Placed>('POST', '/orders', { json: orderBody({}), headers });
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    return reply.status === 202 ? reply.body.orderId : undefined;
  });
}
