import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from './call.ts';
import { seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const mug = { sku: 'MUG-2', name: 'Mug', price: { amountMinor: 1250, currency: 'EUR' }, weightGrams: 380 };

async function movements(sku: string): Promise<[kind: string, quantity: number][]> {
  const { rows } = await api.pool.query<{ kind: string; quantity: number }>(
    'select kind, quantity from stock_movements where sku = $1 order by id',
    [sku],
  );
  return rows.map(({ kind, quantity }) => [kind, quantity]);
}

test('adds a product, takes the same again for a repeat, and refuses other data under its SKU', async () => {
  const first = await api.call('POST /products', { json: mug });
  expect([first.status, first.body]).toEqual([201, mug]);
  const again = await api.call('POST /products', { json: mug });
  expect([again.status, again.body]).toEqual([200, mug]);
  const other = await api.call('POST /products', { json: { ...mug, name: 'Cup' } });
  expect([other.status, other.body.type]).toEqual([409, '/problems/product-exists']);
});

test('weighs a product at 500 g where nothing is said', async () => {
  const { weightGrams: _left, ...json } = { ...mug, sku: 'LIGHT' };
  const { body } = await api.call('POST /products', { json });
  expect(body.weightGrams).toBe(500);
});

test.each([
  ['a price of nothing', { price: { amountMinor: 0, currency: 'EUR' } }, '#/price/amountMinor'],
  ['a price in fractions', { price: { amountMinor: 1.5, currency: 'EUR' } }, '#/price/amountMinor'],
  [
    'a price beyond eight digits',
    { price: { amountMinor: 100_000_000, currency: 'EUR' } },
    '#/price/amountMinor',
  ],
  ['a currency that is none', { price: { amountMinor: 1, currency: 'ZZZ' } }, '#/price/currency'],
  ['a currency in small letters', { price: { amountMinor: 1, currency: 'eur' } }, '#/price/currency'],
  ['a SKU with a space', { sku: 'A B' }, '#/sku'],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, '#/name'],
  ['a weight of nothing', { weightGrams: 0 }, '#/weightGrams'],
])('refuses a product with %s', async (_what, change, pointer) => {
  const { status, body } = await api.call('POST /products', { json: { ...mug, sku: 'BAD', ...change } });
  expect(status).toBe(422);
  expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
});

test('lists every product once, page after page', async () => {
  await api.pool.query(
    `insert into products (sku, name, price_minor, currency) select 'L-' || n, 'L', 1, 'EUR' from generate_series(1, 30) n`,
  );
  const { rows } = await api.pool.query<{ sku: string }>('select sku from products order by sku');
  const seen: string[] = [];
  let next: string | null = '/products?limit=7';
  while (next !== null) {
    const { body, headers }: Answer = await api.call(`GET ${next}`);
    seen.push(...body.items.map((item: { sku: string }) => item.sku));
    expect(body.items.length).toBeLessThanOrEqual(7);
    next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
    expect(next === null).toBe(body.nextCursor === null);
  }
  expect(seen).toEqual(rows.map(({ sku }) => sku));
});

test.each([
  ['a limit of 0', 'limit=0', '#/limit'],
  ['a limit of 101', 'limit=101', '#/limit'],
  ['a limit in words', 'limit=ten', '#/limit'],
  ['a limit twice', 'limit=1&limit=2', '#/limit'],
  ['a parameter that is not known', 'offset=3', '#/offset'],
  ['a cursor of somebody else’s', 'cursor=%00%ff', '#/cursor'],
  ['a prototype', '__proto__=1', '#/__proto__'],
])('refuses a list with %s', async (_what, query, pointer) => {
  const { status, body } = await api.call(`GET /products?${query}`);
  expect(status).toBe(422);
  expect(body.errors).toContainEqual({ pointer, detail: expect.any(String), in: 'query' });
});

test('counts what comes in as received and every later difference as an adjustment', async () => {
  await api.call('POST /products', { json: { ...mug, sku: 'COUNTED' } });
  const empty = await api.call('GET /inventory/COUNTED');
  expect(empty.body).toEqual({ sku: 'COUNTED', onHand: 0, reserved: 0, available: 0, warehouses: [] });
  for (const onHand of [20, 20, 12, 15]) {
    const { status, body } = await api.call('PUT /inventory/main/COUNTED', { json: { onHand } });
    expect([status, body.onHand, body.available]).toEqual([200, onHand, onHand]);
  }
  expect(await movements('COUNTED')).toEqual([
    ['received', 20],
    ['adjusted', -8],
    ['adjusted', 3],
  ]);
  const { rows } = await api.pool.query('select * from imbalances');
  expect(rows).toEqual([]);
});

test('shows what is reserved, and never goes below it', async () => {
  await api.pool.query(`update stock set reserved = 5 where sku = 'SHIRT'`);
  const { body } = await api.call('GET /inventory/SHIRT');
  expect(body).toEqual({
    sku: 'SHIRT',
    onHand: 1000,
    reserved: 5,
    available: 995,
    warehouses: [{ warehouse: 'main', onHand: 1000, reserved: 5, available: 995 }],
  });
  const below = await api.call('PUT /inventory/main/SHIRT', { json: { onHand: 4 } });
  expect([below.status, below.body.type]).toEqual([409, '/problems/stock-reserved']);
  const exact = await api.call('PUT /inventory/main/SHIRT', { json: { onHand: 5 } });
  expect([exact.status, exact.body.available]).toEqual([200, 0]);
  await api.pool.query(`update stock set reserved = 0 where sku = 'SHIRT'`);
});

test('sets the stock of many at once to what the last one said, with movements that add up', async () => {
  await api.call('POST /products', { json: { ...mug, sku: 'BUSY' } });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      api.call('PUT /inventory/main/BUSY', { json: { onHand: index + 1 } }),
    ),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const { body } = await api.call('GET /inventory/BUSY');
  const moved = (await movements('BUSY')).reduce((sum, [, quantity]) => sum + quantity, 0);
  expect(moved).toBe(body.onHand);
});

test.each([-1, 1.5, 100_000_001, '5', null])('refuses %j on hand', async (onHand) => {
  const { status, body } = await api.call('PUT /inventory/main/MUG', { json: { onHand } });
  expect([status, body.errors[0].pointer]).toEqual([422, '#/onHand']);
});

test('knows no other warehouse, product or path', async () => {
  const problems = await Promise.all(
    ['main/NOPE', 'east/MUG', 'MAIN/MUG', 'main/%00'].map(async (path) => {
      const { body } = await api.call(`PUT /inventory/${path}`, { json: { onHand: 1 } });
      return String(body.type);
    }),
  );
  expect(problems).toEqual([
    '/problems/unknown-product',
    '/problems/unknown-warehouse',
    '/problems/not-found',
    '/problems/not-found',
  ]);
  expect((await api.call('GET /inventory/NOPE')).body.type).toBe('/problems/unknown-product');
});
