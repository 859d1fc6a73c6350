import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';

const databases: { drop: () => Promise<void> }[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

test('databases for tests are migrated and do not see each other', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  databases.push(one, two);
  await one.pool.query('CREATE TABLE mark (id int)');
  const marks = "SELECT to_regclass('mark') AS mark, to_regclass('orders') AS orders";
  expect((await one.pool.query(marks)).rows).toEqual([{ mark: 'mark', orders: 'orders' }]);
  expect((await two.pool.query(marks)).rows).toEqual([{ mark: null, orders: 'orders' }]);
});
