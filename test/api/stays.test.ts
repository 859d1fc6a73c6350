import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { revokeKey, rotateKey } from '../../src/db/api-keys.ts';
import { newSecret } from '../../src/domain/api-key.ts';
import { idsOnce, openEvents, type EventClient } from './event-client.ts';
import { happen, placeOne } from './order-steps.ts';
import { makeKey, type MadeKey } from './make-key.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

const keyFreshMs = 100;

let api: TestApi;
let shop: MadeKey;
let orderId: string;
beforeAll(async () => {
  api = await startApi({ accessSettings: { keyFreshMs } });
  await seedShop(api.pool);
  shop = await makeKey(api.pool, ['orders:write']);
});
afterAll(() => api.stop());
beforeEach(async () => {
  const { body } = await api.call('POST /orders', { json: newOrder(), headers: shop.headers });
  orderId = body.orderId;
});

async function follow({ headers }: Pick<MadeKey, 'headers'>): Promise<EventClient> {
  const client = await openEvents(api.url, orderId, headers);
  expect(await idsOnce(client, 1)).toEqual([1]);
  return client;
}

describe('the stream of an order ends in order', () => {
  test('when its key is revoked, while those of other keys go on', async () => {
    const key = await makeKey(api.pool, ['orders:read']);
    const [mine, mineToo, other] = [
      await follow(key),
      await follow(key),
      await follow(await makeKey(api.pool, ['orders:read'])),
    ];
    await revokeKey(api.pool, key.name);
    expect(await Promise.all([mine.ended, mineToo.ended])).toEqual(['finished', 'finished']);
    await happen(api.pool, orderId, 'stock.reserved');
    expect(await idsOnce(other, 2)).toEqual([1, 2]);
    expect([mine.ids(), mineToo.ids()]).toEqual([[1], [1]]);
    await expect
      .poll(async () => (await api.call(`GET /orders/${orderId}/events`, { headers: key.headers })).status)
      .toBe(401);
    other.close();
  });

  test('when its key loses the scope', async () => {
    const key = await makeKey(api.pool, ['orders:read', 'jobs:read']);
    const client = await follow(key);
    await api.pool.query(`update api_keys set scopes = '{jobs:read}' where id = $1`, [key.id]);
    expect(await client.ended).toBe('finished');
    await expect
      .poll(async () => (await api.call(`GET /orders/${orderId}/events`, { headers: key.headers })).status)
      .toBe(403);
  });

  test('when the secret it came with has been rotated out, though the key goes on', async () => {
    const key = await makeKey(api.pool, ['orders:read']);
    const client = await follow(key);
    const secret = newSecret();
    await rotateKey(api.pool, key.name, secret, 0);
    expect(await client.ended).toBe('finished');
    (await follow({ headers: { Authorization: `Bearer ${secret.key}` } })).close();
  });

  test('when the first key is made, for whoever came without one', async () => {
    const own = await startApi({ accessSettings: { keyFreshMs } });
    await seedShop(own.pool);
    const client = await openEvents(own.url, await placeOne(own));
    expect(await idsOnce(client, 1)).toEqual([1]);
    await makeKey(own.pool, ['orders:read']);
    expect(await client.ended).toBe('finished');
    await own.stop();
  });
});

test('keeps its streams while it cannot look their keys up', async () => {
  const key = await makeKey(api.pool, ['orders:read']);
  const client = await follow(key);
  await api.pool.query('alter table api_key_secrets rename to api_key_secrets_away');
  await expect.poll(() => api.log).toContainEqual(expect.objectContaining({ event: 'staysNotChecked' }));
  await api.pool.query('alter table api_key_secrets_away rename to api_key_secrets');
  await happen(api.pool, orderId, 'stock.reserved');
  expect(await idsOnce(client, 2)).toEqual([1, 2]);
  await revokeKey(api.pool, key.name);
  expect(await client.ended).toBe('finished');
});
