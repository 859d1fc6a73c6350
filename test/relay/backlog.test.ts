import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueueJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { watchBacklog } from '../../src/relay/jobs/backlog.ts';
import { testType } from '../jobs/types.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('knows how many jobs of each type wait and are due, most of them first', async () => {
  const { pool } = database;
  const add = async (name: string, delayMs = 0) =>
    transaction(pool, (tx) => enqueueJob(tx, testType(name), { input: {}, requestedBy: 'test', delayMs }));
  await add('few');
  await add('few', 60_000);
  await add('later', 60_000);
  for (let nth = 0; nth < 3; nth += 1) await add('many');
  const backlog = watchBacklog(pool, 20);
  expect(backlog.due).toEqual([]);
  backlog.start();
  await expect
    .poll(() => backlog.due)
    .toEqual([
      { type: 'many', waiting: 3, due: 3 },
      { type: 'few', waiting: 2, due: 1 },
    ]);
  backlog.stop();
});
