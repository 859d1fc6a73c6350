import sql from 'sql-template-tag';
import { query, type Db, type Tx } from '../pool.ts';
import { advanceLine, takeLine } from './lines.ts';

/** A job whose run nobody has heard of for a while. */
export interface QuietJob {
  readonly jobId: string;
  readonly type: string;
  /** The number of the run that counts. */
  readonly dispatch: number;
  readonly batch: string | null;
}

/** The next jobs, the oldest first, that run and about which nothing was written for `quietMs`, after the job `after`. */
export async function listQuietJobs(
  db: Db,
  quietMs: number,
  after: string | null,
  limit: number,
): Promise<QuietJob[]> {
  return query<QuietJob>(
    db,
    sql`select id as "jobId", type, dispatch, batch from jobs
        where status = 'running' and (${after}::uuid is null or id > ${after}::uuid)
          and updated_at < clock_timestamp() - ${quietMs}::integer * interval '1 millisecond'
        order by id limit ${limit}`,
  );
}

/** Ordering keys under which jobs wait although none of them is out of the line. */
export async function listStalledLines(db: Db, limit: number): Promise<string[]> {
  const rows = await query<{ key: string }>(
    db,
    sql`select key from (select distinct ordering_key as key from jobs where status = 'blocked') as line
        where not exists (
          select from jobs where ordering_key = key and status in ('ready', 'dispatched', 'running'))
        limit ${limit}`,
  );
  return rows.map(({ key }) => key);
}

/** Lets the next of a line go where nobody is out of it; false where somebody is by now. */
export async function restartLine(tx: Tx, key: string): Promise<boolean> {
  await takeLine(tx, key);
  return advanceLine(tx, key);
}
