import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { execute, query, transaction, type Db } from '../pool.ts';
import { endJob, type EndedJob } from './end.ts';
import { expiry, hasExpired } from './expiry.ts';
import { advanceLine, takeLine } from './lines.ts';

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

/** Ends jobs that nobody began while they were worth it, up to `limit`: refused, because that was asked for. */
export async function endExpired(pool: Pool, limit: number): Promise<EndedJob[]> {
  const expired = await query<{ id: string; key: string | null }>(
    pool,
    sql`select id, ordering_key as key from jobs
        where ${hasExpired} and status in ('scheduled', 'blocked', 'ready')
        order by expires_at limit ${limit}`,
  );
  const ended: EndedJob[] = [];
  for (const { id, key } of expired) {
    const one = await transaction(pool, async (tx) => {
      await takeLine(tx, key);
      const waits = sql`jobs.id = ${id} and ${hasExpired} and status in ('scheduled', 'blocked', 'ready')`;
      return endJob(tx, waits, { status: 'failed', error: expiry });
    });
    if (one) ended.push(one);
  }
  return ended;
}
