import { afterAll, beforeAll, expect, test } from 'vitest';
import { accept, prepare, type NewOrder } from '../../../src/db/orders/accept.ts';
import { addProduct } from '../../../src/db/products/catalogue.ts';
import { findAnswer, type Repeatable } from '../../../src/db/idempotency.ts';
import { newId } from '../../../src/domain/new-id.ts';
import { defaultOrderPolicy } from '../../../src/domain/policies.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const price = { amountMinor: 500, currency: 'EUR' };
  await addProduct(database.pool, { sku: 'TEA', name: 'Tea', price, weightGrams: 100 });
});
afterAll(() => database.drop());

const leaseMs = 1_000;

function newOrder(): NewOrder {
  const amounts = { totalMinor: 500, currency: 'EUR' };
  return {
    id: newId(),
    customer: { id: 'c-1', email: 'ada@example.com', name: 'Ada' },
    shippingAddress: { name: 'Ada', line1: 'Street 1', city: 'Town', postalCode: '1', country: 'DE' },
    paymentMethod: 'pm_card_visa',
    metadata: {},
    ...amounts,
    lines: [{ sku: 'TEA', name: 'Tea', quantity: 1, unitPriceMinor: 500, weightGrams: 100 }],
    start: { customerId: 'c-1', ...amounts, pieces: 1, policy: defaultOrderPolicy, traceParent: null },
  };
}

function requestWith(key: string): Repeatable {
  return { scope: 'anonymous', key, bodyHash: Buffer.from('hash') };
}

const answerOf = ({ id }: NewOrder) => ({ status: 202, headers: {}, body: { orderId: id } });

test('of two requests that both found the key unused, the second inserts nothing and finds the first one’s answer', async () => {
  const { pool } = database;
  const request = requestWith('race');
  const [first, second] = [newOrder(), newOrder()];
  const looks = await Promise.all([prepare(pool, ['TEA'], request), prepare(pool, ['TEA'], request)]);
  expect(looks.map(({ earlier }) => earlier)).toEqual([undefined, undefined]);

  const won = await accept(pool, first, { request, answer: answerOf(first) }, leaseMs);
  expect(won).toEqual({ outcome: 'accepted', outboxEntryId: expect.any(Number) });
  expect(await accept(pool, second, { request, answer: answerOf(second) }, leaseMs)).toEqual({
    outcome: 'answered_before',
  });
  expect(await findAnswer(pool, request)).toEqual({
    outcome: 'answered',
    answer: answerOf(first),
    replay: true,
  });
  for (const table of [
    'orders where id',
    'order_lines where order_id',
    'order_events where order_id',
    'outbox where order_id',
  ]) {
    expect((await pool.query(`select from ${table} = $1`, [second.id])).rowCount).toBe(0);
  }
});

test('inserts all of an order or nothing', async () => {
  const { pool } = database;
  const request = requestWith('broken');
  const order = newOrder();
  const broken: NewOrder = { ...order, lines: order.lines.map((line) => ({ ...line, quantity: 0 })) };
  await expect(accept(pool, broken, { request, answer: answerOf(order) }, leaseMs)).rejects.toThrow(
    'quantity',
  );
  expect((await pool.query('select from orders where id = $1', [order.id])).rowCount).toBe(0);
  expect(await findAnswer(pool, request)).toBeUndefined();
});

test('needs no key', async () => {
  const { pool } = database;
  const order = newOrder();
  expect(await accept(pool, order, null, leaseMs)).toMatchObject({ outcome: 'accepted' });
  expect((await pool.query('select from order_lines where order_id = $1', [order.id])).rowCount).toBe(1);
});

test.each([
  { what: 'its price', line: { unitPriceMinor: 499 } },
  { what: 'its name', line: { name: 'Green tea' } },
  { what: 'its weight', line: { weightGrams: 99 } },
  { what: 'that there is such a product', line: { sku: 'COFFEE' } },
  { what: 'its currency', order: { currency: 'USD' } },
])('inserts nothing where a line and the catalogue disagree about $what', async ({ what, line, order }) => {
  const { pool } = database;
  const request = requestWith(`disagrees about ${what}`);
  const agreed = newOrder();
  const lines = agreed.lines.map((agreedLine) => ({ ...agreedLine, ...line }));
  const disagrees: NewOrder = { ...agreed, ...order, lines };
  for (const keep of [{ request, answer: answerOf(disagrees) }, null]) {
    expect(await accept(pool, disagrees, keep, leaseMs)).toEqual({ outcome: 'catalogue_changed' });
  }
  expect((await pool.query('select from orders where id = $1', [disagrees.id])).rowCount).toBe(0);
  expect(await findAnswer(pool, request)).toBeUndefined();
});
