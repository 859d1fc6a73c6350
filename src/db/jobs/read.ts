import sql, { empty, join, type Sql } from 'sql-template-tag';
import type { JobStatus } from '../../domain/job.ts';
import { query, queryOne, type Db } from '../pool.ts';
import type { FailedOutcome } from './attempts.ts';

/** A job as its readers see it. */
export interface JobView {
  readonly jobId: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly dispatch: number;
  readonly batch: string | null;
  readonly priority: number;
  readonly uniqueKey: string | null;
  readonly orderingKey: string | null;
  readonly progressPercent: number | null;
  readonly progressMessage: string | null;
  readonly round: number;
  readonly attempts: number;
  readonly result: unknown;
  readonly errorType: string | null;
  readonly errorDetail: string | null;
  readonly fileKey: string | null;
  readonly fileName: string | null;
  readonly fileMediaType: string | null;
  readonly fileBytes: number | null;
  readonly fileExpiresAt: Date | null;
  readonly cancelRequestedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly enqueuedAt: Date;
  readonly runAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** An attempt that did not succeed. */
export interface AttemptView {
  readonly round: number;
  readonly attempt: number;
  readonly outcome: FailedOutcome;
  readonly errorType: string;
  readonly errorDetail: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Everything about one job: also what it was asked for, and the attempts that did not succeed. */
export interface WholeJob extends JobView {
  readonly input: unknown;
  readonly requestedBy: string;
  readonly callbackUrl: string | null;
  readonly failedAttempts: readonly AttemptView[];
}

const columns: Sql = sql`id as "jobId", type, status, dispatch, batch, priority, unique_key as "uniqueKey",
  ordering_key as "orderingKey", progress_percent as "progressPercent", progress_message as "progressMessage", round,
  attempts, result, error_type as "errorType", error_detail as "errorDetail", file_key as "fileKey",
  file_name as "fileName", file_media_type as "fileMediaType", file_bytes as "fileBytes",
  file_expires_at as "fileExpiresAt", cancel_requested_at as "cancelRequestedAt", expires_at as "expiresAt",
  enqueued_at as "enqueuedAt", run_at as "runAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** The newest attempts that one read shows; a job that was retried often has more. */
const maxAttemptsShown = 100;

/** The job, from one snapshot; undefined when there is none. */
export async function readJob(db: Db, jobId: string): Promise<WholeJob | undefined> {
  const row = await queryOne<WholeJob>(
    db,
    sql`select ${columns}, input, requested_by as "requestedBy", callback_url as "callbackUrl",
          (select coalesce(jsonb_agg(jsonb_build_object('round', round, 'attempt', attempt, 'outcome', outcome,
             'errorType', error_type, 'errorDetail', error_detail, 'startedAt', started_at, 'endedAt', ended_at)
             order by round, attempt), '[]')
           from (
             select * from job_attempts where job_id = jobs.id
             order by round desc, attempt desc limit ${maxAttemptsShown}) as newest) as "failedAttempts"
        from jobs where id = ${jobId}`,
  );
  return row && { ...row, failedAttempts: row.failedAttempts.map(withDates) };
}

/** JSON knows no dates. */
function withDates(attempt: AttemptView): AttemptView {
  return { ...attempt, startedAt: new Date(attempt.startedAt), endedAt: new Date(attempt.endedAt) };
}

/** The job of a type that has the unique key. */
export async function findByUniqueKey(db: Db, type: string, key: string): Promise<string | undefined> {
  const row = await queryOne<{ id: string }>(
    db,
    sql`select id from jobs where type = ${type} and unique_slot = ${key}`,
  );
  return row?.id;
}

/** Which jobs; what is absent makes no difference. */
export interface JobFilter {
  readonly type?: string | undefined;
  readonly statuses?: readonly JobStatus[] | undefined;
  /** At that time or later. */
  readonly enqueuedAfter?: Date | undefined;
  /** Before that time. */
  readonly enqueuedBefore?: Date | undefined;
}

/** A page of jobs, the newest first: those older than the job `after`, or the first ones. */
export async function listJobs(
  db: Db,
  filter: JobFilter,
  after: string | null,
  limit: number,
): Promise<JobView[]> {
  const { statuses, ...rest } = filter;
  const older = after === null ? empty : sql` and id < ${after}::uuid`;
  const page = (status: Sql) =>
    sql`(select ${columns} from jobs where ${conditionOf(rest)}${older}${status} order by id desc limit ${limit})`;
  // One after the other, each by the index of its status, which stands in the text for the planner to see.
  const pages = statuses?.map((status) => page(sql` and ${statusIs[status]}`)) ?? [page(empty)];
  return query<JobView>(
    db,
    sql`select * from (${join(pages, ' union all ')}) as page order by "jobId" desc limit ${limit}`,
  );
}

/** The condition on `jobs` that a filter stands for. */
export function conditionOf({ type, statuses, enqueuedAfter, enqueuedBefore }: JobFilter): Sql {
  const conditions = [
    sql`true`,
    type !== undefined && sql`type = ${type}`,
    statuses !== undefined &&
      sql`(${join(
        statuses.map((status) => statusIs[status]),
        ' or ',
      )})`,
    enqueuedAfter !== undefined && sql`enqueued_at >= ${enqueuedAfter}`,
    enqueuedBefore !== undefined && sql`enqueued_at < ${enqueuedBefore}`,
  ].filter((condition) => condition !== false);
  return join(conditions, ' and ');
}

const statusIs: Readonly<Record<JobStatus, Sql>> = {
  scheduled: sql`status = 'scheduled'`,
  blocked: sql`status = 'blocked'`,
  ready: sql`status = 'ready'`,
  dispatched: sql`status = 'dispatched'`,
  running: sql`status = 'running'`,
  completed: sql`status = 'completed'`,
  failed: sql`status = 'failed'`,
  cancelled: sql`status = 'cancelled'`,
  dead: sql`status = 'dead'`,
};
