import { afterAll, beforeAll, expect, test } from 'vitest';
import { countRows, customer, newOrder, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
let rowsBefore: Record<string, number>;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
  rowsBefore = await countRows(api.pool);
});
afterAll(() => api.stop());

const line = (sku: unknown, quantity: unknown) => ({ sku, quantity });
const many = (count: number) => Array.from({ length: count }, (_, index) => line(`P-${index}`, 1));
const members = (count: number, key = '') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${key}${index}`, 'value']));

const mistakes: [what: string, order: unknown, pointers: string[]][] = [
  ['no body at all', null, ['#']],
  ['an array', [], ['#']],
  ['nothing in it', {}, ['#/customer', '#/items', '#/shippingAddress', '#/paymentMethod']],
  ['an unknown member', newOrder({ total: 1 }), ['#/total']],
  ['a price from the client', newOrder({ items: [{ ...line('MUG', 1), price: 1 }] }), ['#/items/0/price']],
  ['no lines', newOrder({ items: [] }), ['#/items']],
  ['101 lines', newOrder({ items: many(101) }), ['#/items']],
  ['a quantity of zero', newOrder({ items: [line('MUG', 0)] }), ['#/items/0/quantity']],
  ['a negative quantity', newOrder({ items: [line('MUG', -1)] }), ['#/items/0/quantity']],
  ['a fraction', newOrder({ items: [line('MUG', 1.5)] }), ['#/items/0/quantity']],
  ['1001 pieces', newOrder({ items: [line('MUG', 1001)] }), ['#/items/0/quantity']],
  [
    'a quantity beyond 2^53',
    newOrder({ items: [line('MUG', 2 ** 60)] }),
    ['#/items/0/quantity', '#/items/0/quantity'],
  ],
  ['a quantity as text', newOrder({ items: [line('MUG', '2')] }), ['#/items/0/quantity']],
  ['a quantity of true', newOrder({ items: [line('MUG', true)] }), ['#/items/0/quantity']],
  ['a SKU twice', newOrder({ items: [line('MUG', 1), line('SHIRT', 1), line('MUG', 2)] }), ['#/items/2/sku']],
  [
    'unknown SKUs',
    newOrder({ items: [line('NOPE', 1), line('MUG', 1), line('NADA', 1)] }),
    ['#/items/0/sku', '#/items/2/sku'],
  ],
  ['SQL for a SKU', newOrder({ items: [line("MUG'; drop table orders; --", 1)] }), ['#/items/0/sku']],
  ['two currencies', newOrder({ items: [line('MUG', 1), line('CAP', 1)] }), ['#/items']],
  ['a total beyond what a payment takes', newOrder({ items: [line('RING', 2)] }), ['#/items']],
  [
    'an address that is no e-mail address',
    newOrder({ customer: { ...customer, email: 'ada' } }),
    ['#/customer/email'],
  ],
  [
    'a very long e-mail address',
    newOrder({ customer: { ...customer, email: `${'a'.repeat(250)}@example.com` } }),
    ['#/customer/email'],
  ],
  [
    'an e-mail address with more before its @ than a mail server takes',
    newOrder({ customer: { ...customer, email: `${'a'.repeat(65)}@example.com` } }),
    ['#/customer/email'],
  ],
  [
    'an e-mail address in a domain that cannot be',
    newOrder({ customer: { ...customer, email: 'ada@example-.com' } }),
    ['#/customer/email'],
  ],
  [
    'a header in the name',
    newOrder({ customer: { ...customer, name: 'Ada\r\nBcc: all@example.com' } }),
    ['#/customer/name'],
  ],
  ['white space for a name', newOrder({ customer: { ...customer, name: '   ' } }), ['#/customer/name']],
  [
    'an e-mail address for an id',
    newOrder({ customer: { ...customer, id: 'ada@example.com' } }),
    ['#/customer/id'],
  ],
  [
    'a country that is none',
    newOrder({ shippingAddress: { ...shippingAddress, country: 'ZZ' } }),
    ['#/shippingAddress/country'],
  ],
  [
    'a country in small letters',
    newOrder({ shippingAddress: { ...shippingAddress, country: 'us' } }),
    ['#/shippingAddress/country'],
  ],
  ['a card number', newOrder({ paymentMethod: '4242424242424242' }), ['#/paymentMethod']],
  ['51 members of metadata', newOrder({ metadata: members(51) }), ['#/metadata']],
  ['501 characters of metadata', newOrder({ metadata: { a: 'x'.repeat(501) } }), ['#/metadata/a']],
  [
    'a name of 501 characters in metadata',
    newOrder({ metadata: members(1, 'k'.repeat(500)) }),
    [`#/metadata/${'k'.repeat(500)}0`],
  ],
  ['a number in metadata', newOrder({ metadata: { a: 1 } }), ['#/metadata/a']],
  ['an object in metadata', newOrder({ metadata: { 'a/b~': {} } }), ['#/metadata/a~1b~0']],
  ['NUL characters', newOrder({ metadata: { a: 'x\0y', 'k\0': 'v' } }), ['#/metadata/a', '#/metadata/k%00']],
  [
    'half a surrogate pair',
    newOrder({ shippingAddress: { ...shippingAddress, city: 'X\ud83d' } }),
    ['#/shippingAddress/city'],
  ],
];

test.each(mistakes)('refuses %s', async (_what, order, pointers) => {
  const { status, body } = await api.call('POST /orders', { json: order });
  expect(status).toBe(422);
  expect(body.type).toBe('/problems/invalid-input');
  expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual(pointers);
});

test('names everything at once: what the schema finds and what only the catalogue knows', async () => {
  const json = newOrder({
    customer: { email: 'nobody', name: '' },
    items: [line('NOPE', 0), line('MUG', 1), line('MUG', 1), line('CAP', 9999)],
    coupon: 'x',
  });
  const { body } = await api.call('POST /orders', { json });
  expect(body.errors).toEqual([
    { pointer: '#/customer/email', detail: 'must be an e-mail address' },
    { pointer: '#/customer/name', detail: 'must have 1 to 200 characters' },
    { pointer: '#/items/0/quantity', detail: 'must be at least 1' },
    { pointer: '#/items/3/quantity', detail: 'must be at most 1000' },
    { pointer: '#/coupon', detail: 'is not a known member' },
    { pointer: '#/items/2/sku', detail: 'stands in #/items/1 already' },
    { pointer: '#/items/0/sku', detail: 'is not in the catalogue' },
    { pointer: '#/items', detail: 'has prices in EUR and USD; an order has one currency' },
  ]);
});

test('refuses a member called __proto__ wherever it stands, and pollutes nothing', async () => {
  const raw = JSON.stringify(newOrder({ metadata: { a: 'b' } }))
    .replace('"a":"b"', '"__proto__":{"polluted":"yes"},"constructor":"c"')
    .replace('{', '{"__proto__":{"admin":true},');
  const { status, body } = await api.call('POST /orders', { raw });
  expect(status).toBe(422);
  expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain('#/metadata/__proto__');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('names at most a hundred errors of a body that has many more', async () => {
  const { body } = await api.call('POST /orders', { json: newOrder(members(5_000, 'x')) });
  expect(body.errors).toHaveLength(100);
  expect(body.detail).toBe('5000 things are wrong with the input.');
});

test('takes a number that no double holds for what it is', async () => {
  const raw = JSON.stringify(newOrder()).replace('"quantity":2', '"quantity":1e999');
  const { status, body } = await api.call('POST /orders', { raw });
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ pointer: '#/items/0/quantity', detail: 'must be a number' }]);
});

test('refuses nesting without end', async () => {
  const depth = 100_000;
  const raw = JSON.stringify(newOrder({ metadata: 1 })).replace(
    '"metadata":1',
    `"metadata":${'['.repeat(depth)}${']'.repeat(depth)}`,
  );
  const { status, body } = await api.call('POST /orders', { raw });
  expect(status).toBe(422);
  expect(body.errors[0]).toEqual({ pointer: '#', detail: 'is nested more than 32 levels deep' });
});

test('leaves nothing behind of all that it has refused', async () => {
  expect(await countRows(api.pool)).toEqual(rowsBefore);
  expect(api.delivered).toEqual([]);
});
