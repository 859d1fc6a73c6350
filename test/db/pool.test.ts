import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { openLink } from '../../bench/shop/link.ts';
import { allowLongStatements, createPool, query, queryOne, transaction, type Tx } from '../../src/db/pool.ts';
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

test.each([
  ['a statement', (silent: Pool) => query(silent, sql`select 1`)],
  ['a transaction', (silent: Pool) => transaction(silent, (tx) => query(tx, sql`select 1`))],
])('%s that gets no answer fails soon after the server would have ended it', async (_, work) => {
  const { host } = new URL(database.url);
  const link = await openLink(host);
  const limits = { lockTimeoutMs: 100, statementTimeoutMs: 200, connectTimeoutMs: 10_000 };
  const url = database.url.replace(host, link.address);
  const silent = createPool({ url, applicationName: 'test', maxConnections: 1, ...limits }, () => undefined);
  onTestFinished(async () => {
    await silent.end();
    await link.close();
  });
  await query(silent, sql`select 1`);
  link.silence();
  await expect(work(silent)).rejects.toMatchObject({ type: 'DatabaseUnavailable' });
  link.mend();
  expect(await query(silent, sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('a transaction may be given more time for each statement, and leaves none of it to the next', async () => {
  const limits = { lockTimeoutMs: 100, statementTimeoutMs: 200, connectTimeoutMs: 10_000 };
  const hasty = createPool(
    { url: database.url, applicationName: 'test', maxConnections: 1, ...limits },
    () => undefined,
  );
  onTestFinished(() => hasty.end());
  await transaction(hasty, async (tx) => {
    await allowLongStatements(tx, 10_000);
    await sleepLong(tx);
  });
  await expect(transaction(hasty, sleepLong)).rejects.toMatchObject({ type: 'DatabaseUnavailable' });
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

async function sleepLong(tx: Tx): Promise<void> {
  await query(tx, sql`select pg_sleep(1.5)`);
}

test('a transaction that goes on after one of its statements has failed is not taken for committed', async () => {
  await expect(
    transaction(pool, async (tx) => {
      await query(tx, sql`select 1 / 0`).catch(() => undefined);
      return 'done';
    }),
  ).rejects.toThrow('a statement of the transaction has failed');
});
