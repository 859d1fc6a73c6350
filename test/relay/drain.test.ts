import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { commit, commitStarts, openShop, outbox, startMessage, type Shop } from './shop.ts';

const long = 60_000;

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});

afterEach(() => shop.close());

it('finishes what is under way and takes up nothing more', async () => {
  const relay = shop.openRelay();
  await relay.startAndReach();
  const orderIds = Array.from({ length: 10 }, newId);
  for (const id of orderIds)
    relay.deliverNow(await commit(shop.pool, id, startMessage(), long), id, startMessage());
  await relay.drain(5_000);
  expect(await outbox(shop.pool)).toEqual([]);
  await commitStarts(shop.pool, 1);
  relay.wake();
  const late = newId();
  relay.deliverNow(await commit(shop.pool, late, startMessage(), long), late, startMessage());
  await expect
    .poll(() => outbox(shop.pool))
    .toMatchObject([{ leased: false }, { order_id: late, leased: false }]);
});

it('gives back what it cannot finish in time, for another relay to deliver at once', async () => {
  const relay = shop.openRelay({ concurrency: 2, leaseMs: long });
  await relay.startAndReach();
  shop.link.cut('hang');
  const orderIds = Array.from({ length: 6 }, newId);
  for (const id of orderIds)
    relay.deliverNow(await commit(shop.pool, id, startMessage(), long), id, startMessage());
  expect(await outbox(shop.pool)).toMatchObject(orderIds.map(() => ({ leased: true })));
  await relay.drain(200);
  await expect
    .poll(() => outbox(shop.pool))
    .toMatchObject(orderIds.map(() => ({ leased: false, attempts: 0 })));

  shop.link.mend();
  const other = shop.openRelay();
  await other.startAndReach();
  await expect.poll(() => outbox(shop.pool)).toEqual([]);
});
