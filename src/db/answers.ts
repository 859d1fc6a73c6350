import { setTimeout as after } from 'node:timers/promises';
import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { query } from './pool.ts';

/** Whether Postgres answers a statement within so many milliseconds. */
export async function answersWithin(pool: Pool, timeoutMs: number): Promise<boolean> {
  const answered = query(pool, sql`select 1`).then(
    () => true,
    () => false,
  );
  const stop = new AbortController();
  const late = after(timeoutMs, false, { ref: false, signal: stop.signal }).catch(() => false);
  try {
    return await Promise.race([answered, late]);
  } finally {
    stop.abort();
  }
}
