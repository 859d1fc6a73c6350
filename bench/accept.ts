/**
 * `npm run bench:accept`: how long accepting an order takes beside a bare transaction that inserts the same rows into the
 * same database, interleaved in one run while everything `npm start` starts is running. Ends with 1 when the median of the
 * rounds' ratios is beyond the aim.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { accept, prepare } from '../src/db/accept-order.ts';
import type { Product } from '../src/db/catalogue.ts';
import { insertBare } from './accept/bare.ts';
import { answerFor, newOrder, newRequest } from './accept/sample-order.ts';
import { verifyBooks } from './shop/books.ts';
import { duration, median, quantile } from './shop/figures.ts';
import { openShop, type Shop } from './shop/open-shop.ts';
import { succeeded } from './shop/storefront.ts';

const rounds = 7;
const perRound = 60;
const warmUps = 60;

/** Between two calls, so that what an order sets off behind its acceptance is spread evenly over all of them. */
const pauseMs = 40;

/** p50 over HTTP against p50 of the bare transaction. */
const aim = 1.5;

/** As in `src/config/env.ts`: long enough that nobody else takes the entry up meanwhile. */
const leaseMs = 6_000;
const restTimeoutMs = 300_000;

const sku = 'ACCEPTED';
const product: Product = {
  sku,
  name: `Product ${sku}`,
  price: { amountMinor: 1999, currency: 'EUR' },
  weightGrams: 400,
};

/** What is measured: each accepts one order, with an idempotency key. */
function subjectsOf(shop: Shop) {
  return {
    /** Over a connection that is kept, until the last byte of the answer. */
    http: async () => void succeeded(await shop.storefront.place({ sku }, randomUUID())),
    /** The same statements without HTTP, parsing and validation, from this process. */
    statements: async () => {
      const request = newRequest(sku);
      await prepare(shop.pool, [sku], request);
      const order = newOrder(product);
      await accept(shop.pool, order, { request, answer: answerFor(order) }, leaseMs);
    },
    bare: async () => {
      const order = newOrder(product);
      await insertBare(shop.pool, order, { request: newRequest(sku), answer: answerFor(order) }, leaseMs);
    },
  };
}

type Subjects = ReturnType<typeof subjectsOf>;
type Durations = Record<keyof Subjects, number[]>;

async function measure(subjects: Subjects, times: number): Promise<Durations> {
  const durations: Durations = { http: [], statements: [], bare: [] };
  const order = ['http', 'statements', 'bare'] as const;
  for (let turn = 0; turn < times; turn += 1) {
    // Each goes first as often as the others.
    for (let place = 0; place < order.length; place += 1) {
      const name = order[(turn + place) % order.length] ?? 'http';
      await pause(pauseMs);
      const startedMs = performance.now();
      await subjects[name]();
      durations[name].push(performance.now() - startedMs);
    }
  }
  return durations;
}

const line = (what: string, values: readonly number[], show: (value: number) => string) =>
  console.log(
    `${what}: min ${show(quantile(values, 0))} · median ${show(median(values))} · max ${show(quantile(values, 1))}`,
  );

const shop = await openShop({ env: { SANDBOX_CARRIER_STEP_MS: '200' }, say: (text) => console.log(text) });
let held = false;
try {
  console.log(shop.constellation.descriptions.join('\n'));
  await shop.storefront.offer(sku, 1_000_000);
  const subjects = subjectsOf(shop);
  await measure(subjects, warmUps);
  const measured: Durations[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const durations = await measure(subjects, perRound);
    measured.push(durations);
    const medians = Object.entries(durations).map(([name, ms]) => `${name} ${duration(median(ms))}`);
    console.log(`round ${round + 1}, p50: ${medians.join(' · ')}`);
  }
  const ratios = (name: keyof Subjects, share: number) =>
    measured.map((durations) => quantile(durations[name], share) / quantile(durations.bare, share));
  for (const name of ['http', 'statements'] as const) {
    line(`${name} / bare, p50 of each of ${rounds} rounds`, ratios(name, 0.5), (value) => value.toFixed(2));
  }
  line('http / bare, p99', ratios('http', 0.99), (value) => value.toFixed(2));
  for (const name of ['http', 'statements', 'bare'] as const) {
    line(
      `${name}, p50`,
      measured.map((durations) => median(durations[name])),
      duration,
    );
    line(
      `${name}, p99`,
      measured.map((durations) => quantile(durations[name], 0.99)),
      duration,
    );
  }
  console.log((await verifyBooks(shop, restTimeoutMs)).summary);
  const ratio = median(ratios('http', 0.5));
  held = ratio <= aim;
  console.log(
    `p50 of accepting is ${ratio.toFixed(2)} times the bare transaction's; the aim is ${aim}: ${held ? 'held' : 'MISSED'}`,
  );
} finally {
  await shop.close();
}
process.exit(held ? 0 : 1);
