import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyBooks } from '../shop/books.ts';
import { duration, spread } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { countByStatus, countEvents, placeMany, untilAllEnded } from '../shop/orders.ts';
import { randomFrom } from '../shop/random.ts';
import { endsAfter, stallsAt } from '../shop/recovery.ts';
import type { Report, Scenario } from './scenario.ts';

export interface WorkerKillOptions {
  /** Orders placed at once, at the beginning of each round. */
  readonly orders: number;
  readonly rounds: number;
  readonly killsPerRound: number;
  /** Says which worker is killed when. */
  readonly seed: number;
  readonly timeoutMs: number;
}

const workers = ['worker-1', 'worker-2'] as const;
const buyersAtOnce = 50;

/** No order may stand still for longer after a kill, in milliseconds. */
const longestStallMs = 30_000;

/** Workers are killed with SIGKILL at random moments of many orders in flight: every order ends, once. */
export const workerKill: Scenario<WorkerKillOptions> = {
  // A parcel that travels for seconds would hide how long its order stood still.
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 200, rounds: 4, killsPerRound: 2, seed: 1, timeoutMs: 180_000 },
  async run(shop, { orders, rounds, killsPerRound, seed, timeoutMs }, report) {
    const since = new Date();
    const quietMs = await completeAll(shop, orders, timeoutMs);
    report(`${orders} orders and nobody killed: all ended after ${duration(quietMs)}`);

    const random = randomFrom(seed);
    const killedAt: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const moments = Array.from({ length: killsPerRound }, () => random() * quietMs);
      report(`round ${round} of seed ${seed}, ${orders} orders`);
      const [disturbedMs, kills] = await Promise.all([
        completeAll(shop, orders, timeoutMs),
        killAt(
          shop,
          moments.toSorted((a, b) => a - b),
          random,
          report,
        ),
      ]);
      killedAt.push(...kills);
      report(
        `  all ended after ${duration(disturbedMs)}, ${(disturbedMs / quietMs).toFixed(2)} times as long`,
      );
    }
    const { summary } = await verifyBooks(shop, timeoutMs);
    report(summary);

    const stalls = await each(killedAt, (atMs) => stallsAt(shop.pool, atMs));
    report(`from a kill to the next step of each order in flight: ${spread(stalls)}`);
    report(
      `from a kill to the end of each order in flight: ${spread(await each(killedAt, (atMs) => endsAfter(shop.pool, atMs)))}`,
    );
    assert.deepEqual(await countByStatus(shop, since), { completed: (rounds + 1) * orders });
    assert.equal(await countEvents(shop, 'order.needs_attention', since), 0, 'an operator was called');
    assert.ok(
      Math.max(...stalls) < longestStallMs,
      `an order stood still for ${duration(Math.max(...stalls))}`,
    );
    return summary;
  },
};

/** Milliseconds until every one of the orders has ended. */
async function completeAll(shop: Shop, orders: number, timeoutMs: number): Promise<number> {
  const startedMs = performance.now();
  await placeMany(shop.storefront, orders, buyersAtOnce);
  await untilAllEnded(shop, timeoutMs);
  return performance.now() - startedMs;
}

/** Kills a worker at each of the moments, in milliseconds from now; gives when that was, since the epoch. */
async function killAt(
  { outages }: Shop,
  moments: readonly number[],
  random: () => number,
  report: Report,
): Promise<number[]> {
  const startedMs = performance.now();
  const kills = moments.map(async (moment) => {
    const name = workers[Math.floor(random() * workers.length)] ?? workers[0];
    await pause(moment);
    const killedMs = Date.now();
    report(`  SIGKILL to ${name} after ${duration(performance.now() - startedMs)}`);
    report(`  ${name} is back after ${duration(await outages.kill(name))}`);
    return killedMs;
  });
  return Promise.all(kills);
}

async function each(
  moments: readonly number[],
  measure: (atMs: number) => Promise<number[]>,
): Promise<number[]> {
  return (await Promise.all(moments.map(measure))).flat();
}
