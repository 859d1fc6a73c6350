import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueue } from '../../src/db/outbox.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import { watchDepth } from '../../src/relay/depth.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const everyMs = 20;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const signal = { kind: 'signal_order', payload: { signal: 'cancel' } } as const;

test('follows the depth of the outbox, whoever fills and empties it', async () => {
  const depth = watchDepth(database.pool, 8, everyMs);
  depth.start();
  expect(depth.current).toBe(0);
  for (let index = 0; index < 3; index += 1) {
    await transaction(database.pool, (tx) => enqueue(tx, newId(), signal));
  }
  await expect.poll(() => depth.current).toBe(3);
  await database.pool.query('delete from outbox');
  await expect.poll(() => depth.current).toBe(0);
  depth.stop();
});

test('keeps what it knew while Postgres is away, and goes on afterwards', async () => {
  await transaction(database.pool, (tx) => enqueue(tx, newId(), signal));
  const depth = watchDepth(database.pool, 8, everyMs);
  depth.start();
  await expect.poll(() => depth.current).toBe(1);
  await database.pool.query('alter table outbox rename to elsewhere');
  await database.pool.query(
    'insert into elsewhere (lane, kind, order_id, payload) select lane, kind, order_id, payload from elsewhere',
  );
  expect(depth.current).toBe(1);
  await database.pool.query('alter table elsewhere rename to outbox');
  await expect.poll(() => depth.current).toBe(2);
  depth.stop();
});
