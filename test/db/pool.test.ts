import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { createPool, query, queryOne, transaction } from '../../src/db/pool.ts';
import { Failure } from '../../src/domain/failures.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 10_000, connectTimeoutMs: 10_000 };
  const config = { url: database.url, applicationName: 'test', maxConnections: 1, ...limits };
  pool = createPool(config, () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a connection that breaks between two statements of a transaction fails the transaction and nothing else', async () => {
  const failure = transaction(pool, async (tx) => {
    const backend = await queryOne<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`);
    const gone = new Promise((resolve) => tx.once('end', resolve));
    await database.pool.query('select pg_terminate_backend($1)', [backend?.pid]);
    await gone;
    await query(tx, sql`select 1`);
  });
  await expect(failure).rejects.toThrow(Failure);
  expect(await query(pool, sql`select 1 as one`)).toEqual([{ one: 1 }]);
});
