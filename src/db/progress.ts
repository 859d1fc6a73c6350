import sql from 'sql-template-tag';
import { queryOne, type Db } from './pool.ts';

/**
 * Whether work waits and nothing has gone on for so many milliseconds: an entry of the outbox, or an order that waits for
 * nobody, is older than that, and since then nothing has happened to any order but that some were accepted.
 */
export async function isStalled(db: Db, forMs: number): Promise<boolean> {
  const row = await queryOne<{ stalled: boolean }>(
    db,
    sql`select case
          when exists (select from order_events where created_at > since and type <> 'order.accepted') then false
          when exists (select from outbox where created_at <= since) then true
          else exists (
            select from orders
            where status in ('pending', 'processing') and waiting_on is null and created_at <= since)
        end as stalled
        from (select clock_timestamp() - ${forMs}::bigint * interval '1 millisecond' as since) as moment`,
  );
  if (!row) throw new Error('a select without a condition gave no row');
  return row.stalled;
}
