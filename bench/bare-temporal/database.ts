import { Client, type Pool } from 'pg';
import sql from 'sql-template-tag';
import { ensureDatabase } from '../../dev/postgres.ts';
import { createPool, execute } from '../../src/db/pool.ts';

const database = 'bare';
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 };

const tables = `
  create table bare_orders (
    id uuid primary key,
    status text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
  ) with (fillfactor = 70);
  create table bare_events (
    order_id uuid not null references bare_orders (id),
    step text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (order_id, step)
  );`;

/** Makes a database for the bare workflows on the server of the service's; gives its address. */
export async function makeBareDatabase(serviceUrl: string): Promise<string> {
  await ensureDatabase(serviceUrl, database);
  const url = new URL(serviceUrl);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(tables);
  } finally {
    await client.end();
  }
  return url.href;
}

/** As many connections as a process of the service has. */
export function barePool(url: string, maxConnections: number): Pool {
  return createPool({ url, applicationName: 'bare', maxConnections, ...limits }, () => undefined);
}

/** An order, before its workflow starts. */
export async function insertBareOrder(pool: Pool, id: string): Promise<void> {
  await execute(pool, sql`insert into bare_orders (id, status) values (${id}::uuid, 'pending')`);
}
