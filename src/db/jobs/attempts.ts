import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import type { JobRules } from '../../domain/job-type.ts';
import { execute, queryOne, transaction, type Db, type Tx } from '../pool.ts';
import { endJob, endPlainly, type EndedJob, type JobEnd, type JobError } from './end.ts';
import { eventOf, nextEvent } from './events.ts';
import { hasExpired } from './expiry.ts';
import { takeLine } from './lines.ts';

/** Which run of a job it is; only the one that counts may begin attempts. */
export interface DispatchRef {
  readonly jobId: string;
  readonly dispatch: number;
}

/** An attempt that has begun. Whoever holds it counts until the job's `turn` goes on. */
export interface BegunAttempt {
  readonly jobId: string;
  readonly type: string;
  readonly turn: number;
  readonly round: number;
  /** From 1, within the round. */
  readonly attempt: number;
  readonly input: unknown;
  readonly checkpoint: unknown;
  readonly startedAt: Date;
  /** Until the job's deadline, in milliseconds. */
  readonly leftMs: number;
  readonly orderingKey: string | null;
  readonly callbackUrl: string | null;
}

/**
 * What can be begun at once: no attempt under way, none left over, nothing in its way. `firstOnly`: of jobs that have not been
 * tried since they were taken out of the queue.
 */
export async function beginAttempt(
  db: Db,
  { jobId, dispatch }: DispatchRef,
  rules: JobRules,
  worker: string,
  firstOnly = false,
): Promise<BegunAttempt | undefined> {
  const condition = sql`jobs.id = ${jobId} and dispatch = ${dispatch}
    and (status = 'dispatched' or (status = 'running' and attempt_started_at is null and ${rules.concurrency === null && !firstOnly}))
    and cancel_requested_at is null and attempts < ${rules.retry.maxAttempts}
    and (deadline_at is null or deadline_at > clock_timestamp()) and not ${hasExpired}
    and not exists (select from job_types where name = jobs.type and paused_at is not null)`;
  return queryOne<BegunAttempt>(db, beginStatement(condition, rules, worker));
}

/** Begins an attempt of a job whose row the caller has locked and looked at. */
export async function beginLocked(
  tx: Tx,
  jobId: string,
  rules: JobRules,
  worker: string,
): Promise<BegunAttempt> {
  const begun = await queryOne<BegunAttempt>(tx, beginStatement(sql`jobs.id = ${jobId}`, rules, worker));
  if (!begun) throw new Error(`job ${jobId} does not exist`);
  return begun;
}

function beginStatement(condition: Sql, { deadlineMs, concurrency }: JobRules, worker: string): Sql {
  return sql`with begun as (
          update jobs set status = 'running', attempts = attempts + 1, turn = turn + 1, leased_until = null,
            holds_slot = ${concurrency !== null}, attempt_started_at = clock_timestamp(), attempt_worker = ${worker},
            started_at = coalesce(started_at, clock_timestamp()),
            deadline_at = coalesce(deadline_at, clock_timestamp() + ${deadlineMs}::float8 * interval '1 millisecond'),
            ${nextEvent}
          where ${condition}
          returning id, type, turn, round, attempts, input, checkpoint, attempt_started_at, deadline_at, ordering_key,
            callback_url, last_event_number
        ),
        event as (${eventOf(sql`begun`, 'job.started', sql`jsonb_build_object('attempt', attempts, 'round', round)`)})
        select id as "jobId", type, turn, round, attempts as attempt, input, checkpoint,
          attempt_started_at as "startedAt", ordering_key as "orderingKey", callback_url as "callbackUrl",
          (extract(epoch from deadline_at - clock_timestamp()) * 1000)::float8 as "leftMs"
        from begun`;
}

/** The attempt that counts, as long as nobody has taken the job from it. */
function heldBy({ jobId, turn }: BegunAttempt): Sql {
  return sql`jobs.id = ${jobId} and turn = ${turn} and status = 'running' and attempt_started_at is not null`;
}

/** How an attempt stands with its job: it counts; a cancel has been accepted; somebody else has the job, or it has ended. */
export type Standing = 'counts' | 'cancelled' | 'lost';

/** What there is to write about an attempt under way. */
export interface Note {
  readonly percent: number | null;
  readonly message: string | null;
  /** JSON; null where it stays as it is. */
  readonly checkpoint: string | null;
}

/** Writes down how far an attempt is, with an event where that shows. Gives how it stands. */
export async function note(
  db: Db,
  attempt: BegunAttempt,
  { percent, message, checkpoint }: Note,
): Promise<Standing> {
  const shows = percent !== null || message !== null;
  const row = await queryOne<{ cancelled: boolean }>(
    db,
    sql`with noted as (
          update jobs set progress_percent = coalesce(${percent}::real, progress_percent),
            progress_message = coalesce(${message}::text, progress_message),
            checkpoint = coalesce(${checkpoint}::jsonb, checkpoint), updated_at = clock_timestamp(),
            last_event_number = last_event_number + ${shows ? 1 : 0}
          where ${heldBy(attempt)}
          returning id, last_event_number, progress_percent, progress_message, cancel_requested_at
        ),
        event as (${eventOf(
          sql`noted where ${shows}`,
          'job.progress',
          sql`jsonb_build_object('percent', progress_percent, 'message', progress_message)`,
        )})
        select cancel_requested_at is not null as cancelled from noted`,
  );
  if (!row) return 'lost';
  return row.cancelled ? 'cancelled' : 'counts';
}

/**
 * Ends the job by its attempt, with what has to be true exactly once in the same commit. Undefined where the attempt counts no
 * more or a cancel came first: then nothing is committed. What it did before, when the reply was lost, counts as done.
 */
export async function succeed(
  pool: Pool,
  attempt: BegunAttempt,
  end: JobEnd & { status: 'completed' },
  commit?: (tx: Tx) => Promise<void>,
): Promise<EndedJob | undefined> {
  const condition = sql`${heldBy(attempt)} and cancel_requested_at is null`;
  const { orderingKey, callbackUrl } = attempt;
  const ended =
    commit === undefined && orderingKey === null && callbackUrl === null
      ? await endPlainly(pool, condition, end)
      : await transaction(pool, async (tx) => {
          await takeLine(tx, orderingKey);
          const done = await endJob(tx, condition, end);
          if (done) await commit?.(tx);
          return done;
        });
  return ended ?? (await endedBy(pool, attempt, 'completed'));
}

/** How the job has ended, if this very attempt has ended it so. */
async function endedBy(
  db: Db,
  { jobId, turn }: BegunAttempt,
  status: EndedJob['status'],
): Promise<EndedJob | undefined> {
  return queryOne<EndedJob>(
    db,
    sql`select id as "jobId", type as "jobType", status, error_type as "failureType", attempts,
          (extract(epoch from finished_at - started_at) * 1000)::float8 as "durationMs"
        from jobs where id = ${jobId} and turn = ${turn} and status = ${status}`,
  );
}

export type FailedOutcome = 'failed' | 'refused' | 'cancelled' | 'lost' | 'timed_out';

/**
 * Keeps what an attempt failed with; the job waits for its next one. False where the attempt counts no more. What it did
 * before, when the reply was lost, counts as done.
 */
export async function fail(
  db: Db,
  attempt: BegunAttempt,
  outcome: FailedOutcome,
  error: JobError,
  retryInMs: number,
): Promise<boolean> {
  const row = await queryOne(
    db,
    sql`with failed as (
          update jobs set attempt_started_at = null, attempt_worker = null, holds_slot = false, ${nextEvent}
          where ${heldBy(attempt)} and cancel_requested_at is null
          returning id, last_event_number, round, attempts, (
            select attempt_worker from jobs as before where before.id = jobs.id) as worker
        ),
        kept as (${keepAttempt(sql`failed`, attempt.startedAt, outcome, error)}),
        event as (${eventOf(
          sql`failed`,
          'job.attempt_failed',
          sql`jsonb_build_object('attempt', attempts, 'errorType', ${error.type}::text, 'retryInMs', ${Math.round(retryInMs)}::bigint)`,
        )})
        select 1 from failed`,
  );
  return row !== undefined || (await waitsAfter(db, attempt));
}

/** Whether the job waits for its next attempt because this very one has failed. */
async function waitsAfter(db: Db, { jobId, turn }: BegunAttempt): Promise<boolean> {
  const row = await queryOne(
    db,
    sql`select from jobs
        where id = ${jobId} and turn = ${turn} and status = 'running' and attempt_started_at is null
          and cancel_requested_at is null`,
  );
  return row !== undefined;
}

/** Keeps what the last attempt failed with and ends the job, in one commit. Undefined where the attempt counts no more. */
export async function failForGood(
  pool: Pool,
  attempt: BegunAttempt,
  outcome: FailedOutcome,
  error: JobError,
  end: JobEnd & { status: 'failed' | 'dead' },
): Promise<EndedJob | undefined> {
  return endByAttempt(pool, attempt, outcome, error, end, sql` and cancel_requested_at is null`);
}

async function endByAttempt(
  pool: Pool,
  attempt: BegunAttempt,
  outcome: FailedOutcome,
  error: JobError,
  end: JobEnd,
  condition: Sql,
): Promise<EndedJob | undefined> {
  const ended = await transaction(pool, async (tx) => {
    await takeLine(tx, attempt.orderingKey);
    const held = sql`${heldBy(attempt)}${condition}`;
    const locked = await queryOne(tx, sql`select from jobs where ${held} for no key update`);
    if (!locked) return undefined;
    await keepUnderWay(tx, attempt.jobId, outcome, error);
    return endJob(tx, sql`jobs.id = ${attempt.jobId}`, end);
  });
  return ended ?? (await endedBy(pool, attempt, end.status));
}

/**
 * Ends a job as cancelled by its attempt, where a cancel was accepted, or `told`: where its run was cancelled, whoever asked
 * for that. Undefined where neither is so, or the attempt counts no more.
 */
export async function endCancelled(
  pool: Pool,
  attempt: BegunAttempt,
  told: boolean,
): Promise<EndedJob | undefined> {
  const asked = sql` and (cancel_requested_at is not null or ${told})`;
  return endByAttempt(pool, attempt, 'cancelled', cancelled, { status: 'cancelled' }, asked);
}

const cancelled: JobError = { type: 'JobCancelled', detail: 'the job was cancelled' };

/** Gives the attempt up uncounted: its worker has to end, and another one goes on. */
export async function handOver(db: Db, attempt: BegunAttempt): Promise<void> {
  await execute(
    db,
    sql`with given as (
          update jobs set attempts = attempts - 1, attempt_started_at = null, attempt_worker = null,
            holds_slot = false, ${nextEvent}
          where ${heldBy(attempt)} returning id, last_event_number
        )
        ${eventOf(sql`given`, 'job.handed_over')}`,
  );
}

/** Keeps the attempt that is under way by the job's row, which is locked, as one that did not succeed. */
export async function keepUnderWay(
  tx: Tx,
  jobId: string,
  outcome: FailedOutcome,
  error: JobError,
): Promise<void> {
  const job = sql`(select id, round, attempts, attempt_worker as worker, attempt_started_at as began from jobs
    where id = ${jobId} and attempt_started_at is not null) as job`;
  await execute(tx, keepAttempt(job, sql`began`, outcome, error));
}

function keepAttempt(from: Sql, startedAt: Date | Sql, outcome: FailedOutcome, error: JobError): Sql {
  return sql`insert into job_attempts (job_id, round, attempt, outcome, error_type, error_detail, worker, started_at)
          select id, round, attempts, ${outcome}::text, ${error.type}::text, ${error.detail}::text,
            coalesce(worker, ''), ${startedAt}::timestamptz
          from ${from}
          on conflict (job_id, round, attempt) do nothing`;
}
