import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const runs = 300;

/** Any JSON: every code unit there is in its text, and the names that mean something to JavaScript. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '\0', '\ud800', ''),
);
const { anyJson } = fc.letrec<{ anyJson: unknown }>((tie) => ({
  anyJson: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('anyJson'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('anyJson')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
}));

/** Valid orders with one member anywhere replaced by anything. */
const places = ['customer', 'items', 'shippingAddress', 'paymentMethod', 'metadata'];
const deeper = [
  ['customer', 'email'],
  ['customer', 'name'],
  ['customer', 'id'],
  ['shippingAddress', 'line2'],
  ['shippingAddress', 'country'],
  ['metadata', 'a'],
];

function replaced(path: readonly string[], value: unknown): unknown {
  const [name = '', inner] = path;
  const order = newOrder({ metadata: { a: 'b' } });
  if (inner === undefined) return { ...order, [name]: value };
  return { ...order, [name]: { ...Object(order[name]), [inner]: value } };
}

test('answers any order with 202 or 422, never by a failure of its own', async () => {
  const anyPath = fc.constantFrom(...places.map((name) => [name]), ...deeper);
  const order = fc.oneof(
    fc.tuple(anyPath, anyJson).map(([path, value]) => replaced(path, value)),
    anyJson,
  );
  await fc.assert(
    fc.asyncProperty(order, async (json) => {
      const { status } = await api.call('POST /orders', { raw: JSON.stringify(json) });
      expect([202, 422]).toContain(status);
    }),
    { numRuns: runs },
  );
});

test('answers any line of an order with 202 or 422', async () => {
  const line = fc.record({
    sku: fc.oneof(fc.constantFrom('MUG', 'SHIRT'), anyJson),
    quantity: fc.oneof(fc.integer(), anyJson),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (items) => {
      const { status } = await api.call('POST /orders', { json: newOrder({ items }) });
      expect([202, 422]).toContain(status);
    }),
    { numRuns: runs },
  );
});

test('answers any path with 200 or 404, and any query with 200 or 422', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (anything) => {
      const part = encodeURIComponent(anything.toWellFormed());
      expect([200, 404]).toContain((await api.call(`GET /orders/x${part}`)).status);
      expect([200, 404]).toContain((await api.call(`GET /inventory/x${part}`)).status);
      expect([200, 422]).toContain((await api.call(`GET /products?cursor=${part}`)).status);
      expect([200, 422]).toContain((await api.call(`GET /products?limit=${part}`)).status);
    }),
    { numRuns: runs / 3 },
  );
});

test('has met no defect', () => {
  expect(api.log.filter(({ event }) => event === 'requestFailed')).toEqual([]);
});
