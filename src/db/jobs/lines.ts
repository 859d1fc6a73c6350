import sql from 'sql-template-tag';
import { execute, type Tx } from '../pool.ts';

/**
 * Jobs of one ordering key stand in a line: one is out of it, and the others are `blocked`. Orders those who join the line
 * with those who leave it, until the transaction ends, so that none is left waiting in a line that nobody is ahead in. It comes
 * before the lock of any job's row.
 */
export async function takeLine(tx: Tx, orderingKey: string | null): Promise<void> {
  if (orderingKey === null) return;
  await execute(tx, sql`select pg_advisory_xact_lock(hashtextextended(${orderingKey}::text, 1))`);
}

/** Lets the next of a line go, if the one before has left it; true when it does. The line is taken. */
export async function advanceLine(tx: Tx, orderingKey: string | null): Promise<boolean> {
  if (orderingKey === null) return false;
  const moved = await execute(
    tx,
    sql`update jobs set status = 'ready', updated_at = clock_timestamp()
        where id = (
            select id from jobs where ordering_key = ${orderingKey} and status = 'blocked'
            order by run_at, position limit 1)
          and not exists (
            select from jobs where ordering_key = ${orderingKey} and status in ('ready', 'dispatched', 'running'))`,
  );
  return moved > 0;
}
