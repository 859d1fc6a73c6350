import sql from 'sql-template-tag';
import { queryOne, type Db } from './pool.ts';

/** The database's clock: the one that all processes share, and by which rows are told their time. */
export async function readClock(db: Db): Promise<Date> {
  const row = await queryOne<{ now: Date }>(db, sql`select clock_timestamp() as now`);
  if (!row) throw new Error('a select without a table gave no row');
  return row.now;
}
