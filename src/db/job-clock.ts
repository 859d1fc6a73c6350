import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { advanceLine, takeLine } from './job-lines.ts';
import { execute, query, transaction, type Db } from './pool.ts';

/** Lets jobs into the queue that have fallen due, up to `limit`; gives how many those were. */
export async function letDueIn(pool: Pool, limit: number): Promise<number> {
  const alone = await execute(
    pool,
    sql`update jobs set status = 'ready', updated_at = clock_timestamp()
        where id in (
          select id from jobs where status = 'scheduled' and run_at <= clock_timestamp() and ordering_key is null
          order by run_at limit ${limit} for update skip locked)`,
  );
  const keys = await keysWithDue(pool, limit);
  let inLine = 0;
  for (const key of keys) inLine += await joinLine(pool, key);
  return alone + inLine;
}

async function keysWithDue(db: Db, limit: number): Promise<string[]> {
  const rows = await query<{ key: string }>(
    db,
    sql`select distinct ordering_key as key from (
          select ordering_key from jobs
          where status = 'scheduled' and run_at <= clock_timestamp() and ordering_key is not null
          order by run_at limit ${limit}) as due`,
  );
  return rows.map(({ key }) => key);
}

async function joinLine(pool: Pool, key: string): Promise<number> {
  return transaction(pool, async (tx) => {
    await takeLine(tx, key);
    const joined = await execute(
      tx,
      sql`update jobs set status = 'blocked', updated_at = clock_timestamp()
          where status = 'scheduled' and run_at <= clock_timestamp() and ordering_key = ${key}`,
    );
    await advanceLine(tx, key);
    return joined;
  });
}

/** Jobs that wait and are no longer worth beginning. */
export async function listExpired(db: Db, limit: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    sql`select id from jobs
        where expires_at <= clock_timestamp() and status in ('scheduled', 'blocked', 'ready')
        order by expires_at limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}
