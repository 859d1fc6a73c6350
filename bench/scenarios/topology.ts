import assert from 'node:assert/strict';
import { toText, type Table } from '../report/table.ts';
import { verifyBooks } from '../shop/books.ts';
import { duration } from '../shop/figures.ts';
import { startLoad } from '../shop/load.ts';
import type { Shop } from '../shop/open-shop.ts';
import { countEvents } from '../shop/orders.ts';
import { endsAfter, stallsAt, untilEndedFrom } from '../shop/recovery.ts';
import { disturbances, processesOf, type Disturbance } from '../topology/disturbances.ts';
import { brokenPromises } from '../topology/promises.ts';
import { tableOf, type Struck } from '../topology/rows.ts';
import type { Report, Scenario } from './scenario.ts';

export interface TopologyOptions {
  /** That many are placed around each disturbance: half of them before it. */
  readonly orders: number;
  readonly perSecond: number;
  /** How long a server that falls silent stays so. */
  readonly silentMs: number;
  readonly timeoutMs: number;
}

const sku = 'PLENTY';
const plenty = 1_000_000;
const apis = 2;
const workers = 3;

/** The topology as it is shipped, at work: each process is killed in turn and each way between them cut. */
export const topology: Scenario<TopologyOptions> = {
  // A parcel that travels for seconds would hide how long its order stood still.
  shop: { env: { SANDBOX_CARRIER_STEP_MS: '200' }, apis, workers, links: true },
  full: { orders: 60, perSecond: 5, silentMs: 10_000, timeoutMs: 180_000 },
  run: async (shop, options, report) => (await runTopology(shop, options, report)).summary,
};

/** Disturbs a shop at work; gives a line for each disturbance, and what the books said in the end. */
export async function runTopology(
  shop: Shop,
  { orders, perSecond, silentMs, timeoutMs }: TopologyOptions,
  report: Report,
): Promise<{ table: Table; summary: string }> {
  const since = new Date();
  await shop.storefront.offer(sku, plenty);
  const load = startLoad({ apiUrls: shop.constellation.urls.apis, sku, perSecond });
  const strikes: Omit<Struck, 'nextStepMs' | 'endMs' | 'toMs'>[] = [];
  const processes = processesOf(apis, workers);
  const bystanders: string[] = [];
  for (const disturbance of disturbances(processes, silentMs)) {
    await load.more(Math.ceil(orders / 2));
    const before = pidsOf(shop, processes);
    strikes.push(await strike(shop, disturbance, report));
    await Promise.all([
      load.more(Math.floor(orders / 2)),
      untilEndedFrom(shop.pool, strikes.at(-1)?.fromMs ?? 0, timeoutMs),
    ]);
    const after = pidsOf(shop, processes);
    const dead = processes.filter(
      (name) => name !== disturbance.victim && before.get(name) !== after.get(name),
    );
    bystanders.push(...dead.map((name) => `${name} died of ${disturbance.name}`));
  }
  const buyers = await load.stop();
  const { summary } = await verifyBooks(shop, timeoutMs);
  const struck = await Promise.all(
    strikes.map(async (one, at) => outcomeOf(shop, one, strikes[at + 1]?.fromMs)),
  );
  const table = tableOf(struck, buyers);
  report(`\n${toText(table)}\n`);
  report(`${buyers.length} customers, one order each; ${summary}`);
  assert.deepEqual(await brokenPromises(shop.pool, buyers, since), [], 'promises to clients');
  assert.deepEqual(bystanders, [], 'processes that died although nobody killed them');
  assert.equal(await countEvents(shop, 'order.needs_attention', since), 0, 'an operator was called');
  return { table, summary };
}

function pidsOf({ constellation }: Shop, names: readonly string[]): Map<string, number | undefined> {
  return new Map(names.map((name) => [name, constellation.part(name).pid]));
}

async function strike(shop: Shop, { name, strike: act }: Disturbance, report: Report) {
  const fromMs = Date.now();
  const startedMs = performance.now();
  await act(shop);
  const awayMs = performance.now() - startedMs;
  report(`${name}: back after ${duration(awayMs)}`);
  return { name, fromMs, awayMs };
}

async function outcomeOf(
  { pool }: Shop,
  one: Omit<Struck, 'nextStepMs' | 'endMs' | 'toMs'>,
  toMs = Infinity,
): Promise<Struck> {
  const [nextStepMs, endMs] = await Promise.all([stallsAt(pool, one.fromMs), endsAfter(pool, one.fromMs)]);
  return { ...one, toMs, nextStepMs, endMs };
}
