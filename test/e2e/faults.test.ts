import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresKill } from '../../bench/scenarios/postgres-kill.ts';
import { replyLost } from '../../bench/scenarios/reply-lost.ts';
import { stripeDown } from '../../bench/scenarios/stripe-down.ts';
import { temporalDown } from '../../bench/scenarios/temporal-down.ts';
import { workerKill } from '../../bench/scenarios/worker-kill.ts';
import { verifyBooks } from '../../bench/shop/books.ts';
import { duration } from '../../bench/shop/figures.ts';
import { openShop, type Shop } from '../../bench/shop/open-shop.ts';
import { placeOne, untilStatus } from '../../bench/shop/orders.ts';
import { until } from '../../bench/shop/wait.ts';
import { connectEngine, type Engine } from './support/engine.ts';

/** Small editions of what `npm run chaos` runs in full. */

const openMs = 180_000;
const testMs = 150_000;
const soonMs = 90_000;

const booksRight = /^books right/;

let shop: Shop;
let engine: Engine;

beforeAll(async () => {
  shop = await openShop({ disposable: true, env: { SANDBOX_CARRIER_STEP_MS: '200' } });
  engine = await connectEngine(shop);
}, openMs);

afterAll(async () => {
  await engine?.close();
  await shop?.close();
}, openMs);

test('an order outlives the worker that was charging its card', { timeout: testMs }, async () => {
  await shop.stripe.inject({ operation: 'payment_intent.confirm', mode: 'delay', delayMs: 2_000 });
  const orderId = await placeOne(shop.storefront);
  const worker = await until('a worker at work', soonMs, async () => {
    const [identity = ''] = await engine.workersOf(orderId);
    const pid = Number(/\b(\d+)@/.exec(identity)?.[1]);
    return ['worker-1', 'worker-2'].find((name) => shop.constellation.part(name).pid === pid);
  });
  const startedMs = performance.now();
  const back = shop.outages.kill(worker);
  await untilStatus(shop, orderId, ['confirmed', 'completed'], soonMs);
  console.log(
    `${worker} killed while it charged: confirmed ${duration(performance.now() - startedMs)} later`,
  );
  await back;
  await untilStatus(shop, orderId, ['completed'], soonMs);
  expect((await verifyBooks(shop, soonMs)).summary).toMatch(booksRight);
});

test('every order outlives the deaths of workers', { timeout: testMs }, async () => {
  const small = { orders: 20, rounds: 1, killsPerRound: 2, seed: Date.now() % 1_000, timeoutMs: soonMs };
  expect(await workerKill.run(shop, small, console.log)).toMatch(booksRight);
});

test(
  'a reply that is lost and a 500 that is replayed charge, ship and tell nothing twice',
  { timeout: testMs },
  async () => {
    expect(
      await replyLost.run(shop, { modes: ['drop_reply', 'error500'], timeoutMs: soonMs }, console.log),
    ).toMatch(booksRight);
  },
);

test('orders wait for Stripe', { timeout: testMs }, async () => {
  expect(await stripeDown.run(shop, { orders: 10, downMs: 5_000, timeoutMs: soonMs }, console.log)).toMatch(
    booksRight,
  );
});

test('orders are accepted without Temporal, and run when it is back', { timeout: testMs }, async () => {
  expect(
    await temporalDown.run(
      shop,
      { orders: 20, perSecond: 10, mostSlowdown: 5, timeoutMs: soonMs },
      console.log,
    ),
  ).toMatch(booksRight);
});

test('orders outlive the death of Postgres', { timeout: testMs }, async () => {
  expect(await postgresKill.run(shop, { orders: 10, timeoutMs: soonMs }, console.log)).toMatch(booksRight);
});
