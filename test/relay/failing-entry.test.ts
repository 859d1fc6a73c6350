import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { signalsOf, statusOf } from './runs.ts';
import { commit, commitStarts, openShop, outbox, startMessage, type Shop, type TestRelay } from './shop.ts';

/** No currency has such a name, so no start can be made of it. */
const poison = startMessage({ currency: 'NO SUCH CURRENCY' });

let shop: Shop;
let relay: TestRelay;

beforeAll(async () => {
  shop = await openShop();
  relay = shop.openRelay();
  await relay.startAndReach();
});

afterAll(() => shop.close());

describe('an entry that cannot be delivered', () => {
  const orderId = newId();

  it('is put off and raises an alert, and holds up no other lane', async () => {
    const entryId = await commit(shop.pool, orderId, poison);
    await commit(shop.pool, orderId, { kind: 'signal_order', payload: { signal: 'cancel' } });
    const others = await commitStarts(shop.pool, 20);
    for (const other of others) await expect.poll(() => statusOf(shop.temporal, other)).toBe('RUNNING');

    const alert = { level: 'error', event: 'outboxPoisoned', orderId, entryId, attempts: 3 };
    await expect.poll(() => relay.lines).toContainEqual(expect.objectContaining(alert));
    await expect
      .poll(() => outbox(shop.pool))
      .toMatchObject([
        // It is tried again and again meanwhile.
        { id: entryId, leased: false, last_error: expect.stringContaining('RangeError') },
        { kind: 'signal_order', attempts: 0, last_error: null },
      ]);
    expect(await relay.metrics()).toMatch(/^outbox_poisoned 1$/m);
  });

  it('waits longer and longer, up to five minutes', async () => {
    for (const [attempts, leastMs, mostMs] of [
      [4, 4_000, 8_000],
      [30, 150_000, 300_000],
    ] as const) {
      await shop.pool.query(
        `update outbox set attempts = $1, next_attempt_at = now() where kind = 'start_order'`,
        [attempts],
      );
      await expect.poll(() => outbox(shop.pool)).toMatchObject([{ attempts: attempts + 1 }, {}]);
      const [entry] = await outbox(shop.pool);
      // A moment has passed since it was put off.
      expect(entry?.due_in_ms).toBeGreaterThan(leastMs - 1_000);
      expect(entry?.due_in_ms).toBeLessThan(mostMs);
    }
  });

  it('goes out before what came after it in its lane, once it has been mended', async () => {
    await shop.pool.query(
      `update outbox set payload = payload || '{"currency": "EUR"}', next_attempt_at = now() where kind = 'start_order'`,
    );
    relay.wake();
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    expect(await signalsOf(shop.temporal, orderId)).toEqual(['cancel']);
    expect(await relay.metrics()).toMatch(/^outbox_poisoned 0$/m);
  });
});

it('keeps personal data out of what it notes about a failure', async () => {
  const orderId = newId();
  await commit(shop.pool, orderId, startMessage({ currency: 'ann@shop.example' }));
  await expect
    .poll(() => outbox(shop.pool))
    .toMatchObject([{ order_id: orderId, last_error: expect.stringContaining('[email]') }]);
  expect(JSON.stringify(relay.lines)).not.toContain('ann@shop.example');
});
