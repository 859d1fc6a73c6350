import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commit, commitStarts, openShop, outbox, relayConfig, startMessage, type Shop } from './shop.ts';
import { newId } from '../../src/domain/new-id.ts';

const recovered = { timeout: 15_000 };

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});

afterEach(() => shop.close());

describe.each(['refuse', 'hang'] as const)('while Temporal is out of reach (connections that %s)', (how) => {
  it('orders wait without a mark against them, and go out when it is back', async () => {
    const relay = shop.openRelay();
    await relay.startAndReach();
    shop.link.cut(how);

    const direct = newId();
    const entryId = await commit(shop.pool, direct, startMessage(), relayConfig.leaseMs);
    relay.deliverNow(entryId, direct, startMessage());
    await commitStarts(shop.pool, 20);
    await expect
      .poll(() => relay.lines, recovered)
      .toContainEqual(expect.objectContaining({ level: 'error', event: 'temporalLost' }));
    await expect.poll(() => relay.metrics()).toMatch(/^temporal_up 0$/m);
    const waiting = await outbox(shop.pool);
    expect(waiting).toHaveLength(21);
    for (const entry of waiting) expect(entry).toMatchObject({ attempts: 0, last_error: null });

    shop.link.mend();
    await expect.poll(() => outbox(shop.pool), recovered).toEqual([]);
    expect(await relay.metrics()).toMatch(/^temporal_up 1$/m);
    expect(relay.lines.filter(({ event }) => event === 'outboxPutOff')).toEqual([]);
  });
});

it('a relay that starts before Temporal delivers once it is there', async () => {
  shop.link.cut('refuse');
  const relay = shop.openRelay();
  relay.start();
  await commitStarts(shop.pool, 5);
  await expect.poll(() => relay.lines).toContainEqual(expect.objectContaining({ event: 'temporalLost' }));
  expect(await outbox(shop.pool)).toHaveLength(5);
  shop.link.mend();
  await expect.poll(() => outbox(shop.pool), recovered).toEqual([]);
});

it('sales figures go on without Temporal', async () => {
  shop.link.cut('refuse');
  const relay = shop.openRelay();
  relay.start();
  await commit(shop.pool, newId(), { kind: 'sale', payload: {} });
  await expect.poll(() => outbox(shop.pool)).toEqual([]);
});

it('a database that drops its connections loses nothing', async () => {
  const relays = [shop.openRelay(), shop.openRelay()];
  await Promise.all(relays.map((relay) => relay.startAndReach()));
  const orderIds = await commitStarts(shop.pool, 100);
  for (let waiting = orderIds.length; waiting > 0; waiting = (await outbox(shop.pool)).length) {
    await shop.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'relay'`,
    );
    await expect.poll(async () => (await outbox(shop.pool)).length, recovered).toBeLessThan(waiting);
  }
  const started = relays.flatMap(({ lines }) => lines.filter(({ event }) => event === 'orderStarted'));
  expect(new Set(started.map(({ orderId }) => orderId))).toEqual(new Set(orderIds));
});
