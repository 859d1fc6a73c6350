import sql from 'sql-template-tag';
import type { JobEventType } from '../../domain/job-event.ts';
import type { JobQueue, JobRules } from '../../domain/job-type.ts';
import { query, type Db } from '../pool.ts';
import { hasExpired } from './expiry.ts';

/** A queue in which jobs wait and nothing goes on. */
export interface StalledQueue {
  readonly queue: JobQueue;
  /** The types of those that wait. */
  readonly types: readonly string[];
}

/** What only workers make of a job. */
const signsOfWork = [
  'job.started',
  'job.progress',
  'job.attempt_failed',
  'job.handed_over',
  'job.completed',
] as const satisfies JobEventType[];

/**
 * The queues in which a job of a type that is not paused has been due for so many milliseconds, with nobody of its ordering key
 * ahead of it, and since then no attempt of any job has begun, ended or told of its progress. A type all of whose slots are held
 * waits for those that hold them: where they go on, that shows.
 */
export async function listStalled(
  db: Db,
  rules: readonly JobRules[],
  forMs: number,
): Promise<StalledQueue[]> {
  // Not the clock's: the planner has to see how few events there are since then.
  const since = sql`(statement_timestamp() - ${forMs}::bigint * interval '1 millisecond')`;
  return query<StalledQueue>(
    db,
    sql`with type as (
          select name, queue from unnest(${rules.map(({ name }) => name)}::text[],
            ${rules.map(({ queue }) => queue)}::text[]) as type (name, queue)
        ),
        waiting as materialized (
          select queue, array_agg(name order by name) as types from type left join job_types using (name)
          where paused_at is null and (
            exists (select from jobs where type = name and status = 'ready' and run_at <= ${since} and not ${hasExpired})
            or exists (select from jobs where type = name and status = 'dispatched' and run_at <= ${since}))
          group by queue
        )
        select queue, types from waiting left join lateral (
          select true as works from job_events as event
          where created_at > ${since} and type = any(${signsOfWork}::text[]) and (
            select queue from jobs join type on type.name = jobs.type where jobs.id = event.job_id) = waiting.queue
          limit 1) as sign on true
        where works is null
        order by queue`,
  );
}
