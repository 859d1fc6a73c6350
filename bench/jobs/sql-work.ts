import { Client } from 'pg';
import sql, { type Sql } from 'sql-template-tag';

const counters = 1_000;

const tables = `
  create schema bench;
  create table bench.counters (id integer primary key, done bigint not null default 0) with (fillfactor = 70);
  insert into bench.counters (id) select generate_series(0, ${counters - 1});
  create table bench.entries (
    id bigint generated always as identity primary key,
    counter integer not null references bench.counters (id),
    at timestamptz not null default clock_timestamp()
  );`;

/** Makes what the measured jobs write to. */
export async function makeTables(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(tables);
  } finally {
    await client.end();
  }
}

/** The work of the `n`th job of the kind `sql`: one row updated, one inserted, in one statement. */
export function sqlWork(n: number): Sql {
  return sql`with counted as (
      update bench.counters set done = done + 1 where id = ${n % counters} returning id
    )
    insert into bench.entries (counter) select id from counted`;
}
