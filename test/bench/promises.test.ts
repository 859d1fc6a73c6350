import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenPromises } from '../../bench/topology/promises.ts';
import type { Buyer, Try } from '../../bench/shop/load.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const since = new Date(0);
const accepted = (orderId: string): Try => ({
  outcome: '202',
  honest: true,
  orderId,
  atMs: 0,
  durationMs: 1,
});
const failed: Try = { outcome: '503', honest: true, orderId: null, atMs: 0, durationMs: 1 };
const broken = async (...buyers: Buyer[]) => brokenPromises(database.pool, buyers, since);

test('everybody who was promised an order has one, and nobody has one that they were not told of', async () => {
  const [first, second] = [await insertOrder(), await insertOrder()];
  const [one, two] = [{ tries: [failed, accepted(first)] }, { tries: [accepted(second)] }];
  expect(await broken(one, two)).toEqual([]);
  expect(await broken(one)).toEqual([`nobody was told of the order ${second}`]);
  const missing = crypto.randomUUID();
  expect(await broken(one, two, { tries: [accepted(missing)] })).toEqual([
    `the order ${missing} was promised and is not there`,
  ]);
  expect((await broken({ tries: [accepted(first), accepted(second)] })).join()).toMatch(
    /one key was answered with 2 orders/,
  );
  expect((await broken(one, two, { tries: [failed] })).join()).toMatch(/answered with 0 orders/);
  expect((await broken(one, { tries: [{ ...failed, honest: false }, accepted(second)] })).join()).toMatch(
    /503 is not honest/,
  );
});

async function insertOrder(): Promise<string> {
  const id = crypto.randomUUID();
  await database.pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method, total_minor, currency)
     values ($1, 'c', 'a@shop.example', 'A', '{}', 'pm_card_visa', 100, 'EUR')`,
    [id],
  );
  return id;
}
