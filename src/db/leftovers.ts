import sql, { type Sql } from 'sql-template-tag';
import { execute, query, type Db } from './pool.ts';

/**
 * Removes what is older than a moment, at most so many rows at once, each batch a statement of its own that waits for nobody:
 * rows that somebody holds are left for the next time. Gives how many there were.
 */
export type RemoveBatch = (db: Db, before: Date, limit: number) => Promise<number>;

/** Of a table with an index by age. */
function byAge(table: Sql, age: Sql, and: Sql = sql`true`): RemoveBatch {
  return (db, before, limit) =>
    execute(
      db,
      sql`delete from ${table} where ctid = any (array(
            select ctid from ${table} where ${age} < ${before}::timestamptz and ${and}
            order by ${age} limit ${limit} for update skip locked))`,
    );
}

export const removeIdempotencyKeys = byAge(sql`idempotency_keys`, sql`created_at`);
export const removeProviderEvents = byAge(sql`provider_events`, sql`received_at`);
export const removeTicks = byAge(sql`schedule_ticks`, sql`created_at`);
export const removeBulkOperations = byAge(sql`bulk_operations`, sql`created_at`);
export const removeFindings = byAge(sql`reconciler_findings`, sql`found_at`, sql`closed_at is not null`);

/** Ended jobs, but for dead ones, whose file is gone, if they had one; one that keeps a unique key for ever stays. */
export const removeJobs = byAge(
  sql`jobs`,
  sql`finished_at`,
  sql`status <> 'dead' and unique_slot is null and (file_key is null or file_removed_at is not null)`,
);

/** Dead jobs, which have no file. */
export const removeDeadJobs = byAge(
  sql`jobs`,
  sql`finished_at`,
  sql`status = 'dead' and unique_slot is null`,
);

/** The ids of these tables are in the order in which their rows were made, so that no other index is needed. */
function byId(table: Sql, age: Sql): RemoveBatch {
  return (db, before, limit) =>
    execute(
      db,
      sql`with oldest as (select id, ${age} as made_at from ${table} order by id limit ${limit})
          delete from ${table} as old using oldest
          where old.id = oldest.id and made_at < ${before}::timestamptz`,
    );
}

export const removeAlerts = byId(sql`operator_alerts`, sql`raised_at`);
export const removeAttempts = byId(sql`activity_attempts`, sql`started_at`);

/** Up to `limit` files of jobs that nobody can fetch any more. */
export async function findExpiredFiles(db: Db, limit: number): Promise<{ jobId: string; key: string }[]> {
  return query(
    db,
    sql`select id as "jobId", file_key as key from jobs
        where file_key is not null and file_removed_at is null and file_expires_at <= clock_timestamp()
        order by file_expires_at limit ${limit}`,
  );
}

export async function markFilesRemoved(db: Db, jobIds: readonly string[]): Promise<void> {
  await execute(
    db,
    sql`update jobs set file_removed_at = clock_timestamp() where id = any(${jobIds}::uuid[])`,
  );
}
