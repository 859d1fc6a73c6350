import type { Pool } from 'pg';

/** Does something while another connection holds an idempotency key; then that connection breaks, as a crash does. */
export async function holdKey<T>(pool: Pool, key: string, work: () => Promise<T>): Promise<T> {
  const holder = await pool.connect();
  try {
    await holder.query('begin');
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('anonymous' || chr(31) || $1, 0))`, [
      key,
    ]);
    return await work();
  } finally {
    holder.release(true);
  }
}
