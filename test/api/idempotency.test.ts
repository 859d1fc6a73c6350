import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdKey } from './hold-key.ts';
import { countRows, newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const withKey = (key: string) => ({ 'Idempotency-Key': key });

test('gives the stored answer again, whatever the order of the members and the white space', async () => {
  const headers = withKey('again');
  const first = await api.call('POST /orders', { json: newOrder({ metadata: { a: '1', b: '2' } }), headers });
  const { metadata: _none, ...rest } = newOrder();
  const reordered = JSON.stringify({ metadata: { b: '2', a: '1' }, ...rest }, null, 4);
  const again = await api.call('POST /orders', { raw: reordered, headers });

  expect(again.status).toBe(202);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(first.headers.get('idempotent-replay')).toBeNull();
  expect(again.headers.get('idempotent-replay')).toBe('true');
});

test('gives the stored answer again although the price has changed and the product is renamed', async () => {
  const headers = withKey('price');
  await api.pool.query(
    `insert into products (sku, name, price_minor, currency) values ('TEA', 'Tea', 500, 'EUR')`,
  );
  const json = newOrder({ items: [{ sku: 'TEA', quantity: 1 }] });
  const first = await api.call('POST /orders', { json, headers });
  await api.pool.query(`delete from products where sku = 'TEA'`);
  const again = await api.call('POST /orders', { json, headers });
  expect(again.body).toEqual(first.body);
});

test('takes a quoted and a bare key for the same', async () => {
  const bare = await api.call('POST /orders', { json: newOrder(), headers: withKey('k-7d9f') });
  const quoted = await api.call('POST /orders', { json: newOrder(), headers: withKey('"k-7d9f"') });
  expect(quoted.body.orderId).toBe(bare.body.orderId);
});

test('refuses the key with another body, and on another route', async () => {
  const headers = withKey('reused');
  await api.call('POST /orders', { json: newOrder(), headers });
  const otherBody = await api.call('POST /orders', { json: newOrder({ metadata: { a: 'b' } }), headers });
  expect(otherBody.status).toBe(422);
  expect(otherBody.body.type).toBe('/problems/idempotency-key-reused');
  const product = { sku: 'NEW', name: 'New', price: { amountMinor: 100, currency: 'EUR' } };
  const otherRoute = await api.call('POST /products', { json: product, headers });
  expect(otherRoute.body.type).toBe('/problems/idempotency-key-reused');
});

test('makes one order of fifty requests at once: one 202, and replays or 409s', async () => {
  const before = await countRows(api.pool);
  const deliveredBefore = api.delivered.length;
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      api.call('POST /orders', { json: newOrder(), headers: withKey('fifty') }),
    ),
  );
  const kinds = Map.groupBy(answers, ({ status, headers }) =>
    status === 202 && headers.get('idempotent-replay') ? 'replay' : String(status),
  );
  expect([...kinds.keys()].every((kind) => ['202', 'replay', '409'].includes(kind))).toBe(true);
  expect(kinds.get('202')).toHaveLength(1);
  for (const { headers, body } of kinds.get('409') ?? []) {
    expect(headers.get('retry-after')).toBe('1');
    expect(body.retryable).toBe(true);
  }
  const ids = new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.orderId));
  expect(ids.size).toBe(1);
  const after = await countRows(api.pool);
  expect(after['orders']).toBe((before['orders'] ?? 0) + 1);
  expect(after['outbox']).toBe((before['outbox'] ?? 0) + 1);
  expect(api.delivered).toHaveLength(deliveredBefore + 1);
});

test('answers 409 while the first request with the key still runs, and 202 after it has gone without an answer', async () => {
  const headers = withKey('held');
  const during = await holdKey(api.pool, 'held', () =>
    api.call('POST /orders', { json: newOrder(), headers }),
  );
  expect([during.status, during.body.type]).toEqual([409, '/problems/request-in-flight']);
  await expect
    .poll(async () => (await api.call('POST /orders', { json: newOrder(), headers })).status)
    .toBe(202);
});

test('keeps no answer that is a problem: the same key works once the input is right', async () => {
  const headers = withKey('mended');
  const wrong = await api.call('POST /orders', {
    json: newOrder({ items: [{ sku: 'SOON', quantity: 1 }] }),
    headers,
  });
  expect(wrong.status).toBe(422);
  const right = await api.call('POST /orders', { json: newOrder(), headers });
  expect(right.status).toBe(202);
});

test('adds a product once a key', async () => {
  const json = { sku: 'BAG', name: 'Bag', price: { amountMinor: 100, currency: 'EUR' } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.call('POST /products', { json, headers: withKey('bag') })),
  );
  const first = answers.filter(({ status, headers }) => status === 201 && !headers.get('idempotent-replay'));
  expect(first).toHaveLength(1);
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
});

test.each([
  ['an empty one', ''],
  ['an empty quoted one', '""'],
  ['one that is not closed', '"abc'],
  ['two', 'abc, def'],
  ['a structured header that is no string', ':YWJj:'.replace(':', '"') + ':'],
  ['256 characters', 'k'.repeat(256)],
  ['a tab inside', 'a\tb'],
  ['letters beyond ASCII', 'schlüssel'],
])('refuses a key that cannot be read: %s', async (_what, key) => {
  const before = await countRows(api.pool);
  const { status, body } = await api.call('POST /orders', { json: newOrder(), headers: withKey(key) });
  expect(status).toBe(400);
  expect(body.type).toBe('/problems/malformed-idempotency-key');
  expect(await countRows(api.pool)).toEqual(before);
});

test('takes a key of 255 characters', async () => {
  const { status } = await api.call('POST /orders', { json: newOrder(), headers: withKey('k'.repeat(255)) });
  expect(status).toBe(202);
});
