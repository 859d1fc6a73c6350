import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';

/** How long after a moment an order had its next event and its end, in milliseconds; null where that was before. */
export interface Course {
  readonly nextMs: number | null;
  readonly endMs: number | null;
}

/** `atMs`: milliseconds since the epoch. */
export async function wentOn(
  pool: Pool,
  orderIds: readonly string[],
  atMs: number,
): Promise<Map<string, Course>> {
  const rows = await query<Course & { id: string }>(
    pool,
    sql`select order_id as id, min(ms)::float8 as "nextMs",
          (min(ms) filter (where type in ('order.completed', 'order.failed', 'order.cancelled')))::float8 as "endMs"
        from (
          select order_id, type, extract(epoch from created_at) * 1000 - ${atMs}::float8 as ms from order_events
          where order_id = any(${orderIds}::uuid[])
        ) told
        where ms > 0 group by order_id`,
  );
  return new Map(rows.map(({ id, ...course }) => [id, course]));
}
