import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyBooks } from '../shop/books.ts';
import { prepareForCrowd, sendCrowd, type Ends } from '../shop/crowd.ts';
import { duration, spread } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { countEvents, untilAllEnded } from '../shop/orders.ts';
import { randomFrom } from '../shop/random.ts';
import { endsAfter, stallsAt } from '../shop/recovery.ts';
import type { Report, Scenario } from './scenario.ts';

export interface WorkerKillOptions {
  /** Orders placed at once, at the beginning of each round. */
  readonly orders: number;
  readonly rounds: number;
  readonly killsPerRound: number;
  /** Says which worker is killed when, and which customer changes their mind when. */
  readonly seed: number;
  readonly timeoutMs: number;
}

const workers = ['worker-1', 'worker-2'] as const;
const buyersAtOnce = 50;

/** No order may stand still for longer after a kill, in milliseconds. */
const longestStallMs = 30_000;

/** Workers are killed with SIGKILL at random moments of many orders in flight: every order ends as it has to, once. */
export const workerKill: Scenario<WorkerKillOptions> = {
  // A parcel that travels for seconds would hide how long its order stood still.
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' } },
  full: { orders: 200, rounds: 4, killsPerRound: 2, seed: 1, timeoutMs: 400_000 },
  async run(shop, { orders, rounds, killsPerRound, seed, timeoutMs }, report) {
    const since = new Date();
    const random = randomFrom(seed);
    await prepareForCrowd(shop);
    const quiet = await serve(shop, orders, random, timeoutMs);
    report(`${orders} orders and nobody killed: all ended after ${duration(quiet.durationMs)}`);

    const ends: Ends[] = [quiet.ends];
    const killedAt: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      report(`round ${round} of seed ${seed}: ${orders} orders`);
      const moments = Array.from({ length: killsPerRound }, () => random() * quiet.durationMs);
      const [disturbed, kills] = await Promise.all([
        serve(shop, orders, random, timeoutMs),
        killAt(shop, moments, random, report),
      ]);
      ends.push(disturbed.ends);
      killedAt.push(...kills);
      const ratio = disturbed.durationMs / quiet.durationMs;
      report(`  all ended after ${duration(disturbed.durationMs)}, ${ratio.toFixed(2)} times as long`);
    }
    const { orders: audited, summary } = await verifyBooks(shop, timeoutMs);
    report(summary);

    const stalls = await each(killedAt, (atMs) => stallsAt(shop.pool, atMs));
    report(`from a kill to the next step of each order in flight: ${spread(stalls)}`);
    const waits = await each(killedAt, (atMs) => endsAfter(shop.pool, atMs));
    report(`from a kill to the end of each order in flight: ${spread(waits)}`);
    const statuses = new Map(audited.map(({ id, status }) => [id, status]));
    for (const [orderId, end] of ends.flatMap((some) => [...some])) {
      assert.equal(statuses.get(orderId), end, `the end of order ${orderId}`);
    }
    assert.equal(await countEvents(shop, 'order.needs_attention', since), 0, 'an operator was called');
    const longestMs = Math.max(...stalls);
    assert.ok(longestMs < longestStallMs, `an order stood still for ${duration(longestMs)}`);
    return summary;
  },
};

/** Serves a crowd: how its orders have to end, and how long that took. */
async function serve(shop: Shop, orders: number, random: () => number, timeoutMs: number) {
  const startedMs = performance.now();
  const ends = await sendCrowd(shop, orders, buyersAtOnce, random);
  await untilAllEnded(shop, timeoutMs);
  return { ends, durationMs: performance.now() - startedMs };
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
