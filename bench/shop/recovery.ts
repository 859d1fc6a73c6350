import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { until } from './wait.ts';

/** An order that had been accepted and had not ended. */
const inFlightAt = (atMs: number) => sql`
  select o.id from orders o
  where o.created_at <= to_timestamp(${atMs}::float8 / 1000)
    and not exists (select 1 from order_events e where e.order_id = o.id and ${isEnd}
      and e.created_at <= to_timestamp(${atMs}::float8 / 1000))`;

const isEnd = sql`e.type in ('order.completed', 'order.failed', 'order.cancelled')`;

/** For each order in flight at that moment (milliseconds since the epoch), how long its next event was in coming, in ms. */
export async function stallsAt(pool: Pool, atMs: number): Promise<number[]> {
  const rows = await query<{ ms: number }>(
    pool,
    sql`select extract(epoch from min(e.created_at)) * 1000 - ${atMs}::float8 as ms
        from (${inFlightAt(atMs)}) o join order_events e on e.order_id = o.id
        where e.created_at > to_timestamp(${atMs}::float8 / 1000)
        group by o.id`,
  );
  return rows.map(({ ms }) => ms);
}

/** For each order in flight at that moment, how long its end was in coming, in milliseconds. */
export async function endsAfter(pool: Pool, atMs: number): Promise<number[]> {
  const rows = await query<{ ms: number }>(
    pool,
    sql`select extract(epoch from e.created_at) * 1000 - ${atMs}::float8 as ms
        from (${inFlightAt(atMs)}) o join order_events e on e.order_id = o.id and ${isEnd}`,
  );
  return rows.map(({ ms }) => ms);
}

/** Waits until every order that was in flight at that moment has ended. */
export async function untilEndedFrom(pool: Pool, atMs: number, timeoutMs: number): Promise<void> {
  await until('the end of the orders that were in flight', timeoutMs, async () => {
    const [row] = await query<{ open: number }>(
      pool,
      sql`select count(*) as open from open_orders where created_at <= to_timestamp(${atMs}::float8 / 1000)`,
    );
    return row?.open === 0 || undefined;
  });
}
