import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectObject, findLostObjects, giveUpObjects, keepObjects } from '../../src/db/loose-objects.ts';
import { transaction } from '../../src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('an object that is given up is lost at once, and one that was kept meanwhile is not', async () => {
  const { pool } = database;
  for (const key of ['uploads/loose', 'uploads/kept']) await expectObject(pool, key);
  // Its commit came about, and whoever asked for it did not hear so.
  await transaction(pool, (tx) => keepObjects(tx, ['uploads/kept']));
  expect(await findLostObjects(pool, 10)).toEqual([]);
  await giveUpObjects(pool, ['uploads/loose', 'uploads/kept']);
  expect(await findLostObjects(pool, 10)).toEqual(['uploads/loose']);
});
