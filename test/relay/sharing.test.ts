import { afterAll, beforeAll, expect, it } from 'vitest';
import { signalsOf } from './runs.ts';
import { commit, commitStarts, openShop, orderIdOf, outbox, type OrderMessage, type Shop } from './shop.ts';

const drained = { timeout: 20_000 };

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

const tracking = (status: string): OrderMessage => ({
  kind: 'signal_order',
  payload: { signal: 'tracking', status },
});

it('two relays share the work, and every order is told everything once and in its order', async () => {
  // Whichever finds Temporal first could do it all by itself, and what takes longer than its lease is delivered again.
  const relays = [shop.openRelay({ leaseMs: 60_000 }), shop.openRelay({ leaseMs: 60_000 })];
  await Promise.all(relays.map((relay) => relay.startAndReach()));
  const orderIds = await commitStarts(shop.pool, 60);
  const statuses = ['pre_transit', 'in_transit', 'delivered'];
  for (const status of statuses)
    await Promise.all(orderIds.map((id) => commit(shop.pool, id, tracking(status))));
  await expect.poll(() => outbox(shop.pool), drained).toEqual([]);

  const delivered = relays.map(({ lines }) => lines.filter(({ event }) => event === 'outboxDelivered'));
  for (const some of delivered) expect(some.length).toBeGreaterThan(0);
  const entryIds = delivered.flat().map(({ entryId }) => entryId);
  expect(entryIds).toHaveLength(orderIds.length * 4);
  expect(new Set(entryIds).size).toBe(entryIds.length);

  const told = await Promise.all(orderIds.map((id) => signalsOf(shop.temporal, id)));
  const expected = statuses.map((status) => `tracking {"status":"${status}"}`);
  for (const signals of told) expect(signals).toEqual(expected);

  // Started before anything else of its lane went out, by whichever relay.
  const kinds = delivered.flat().filter((line) => orderIds.includes(orderIdOf(line)));
  expect(kinds.filter(({ kind }) => kind === 'start_order')).toHaveLength(orderIds.length);
});
