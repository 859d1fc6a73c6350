import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import type { JobStatus } from '../../domain/job.ts';
import type { JobRules } from '../../domain/job-type.ts';
import { execute, queryOne, transaction, type Tx } from '../pool.ts';
import {
  beginLocked,
  keepUnderWay,
  type BegunAttempt,
  type DispatchRef,
  type FailedOutcome,
} from './attempts.ts';
import { endJob, type EndedJob, type JobError } from './end.ts';
import { eventOf, nextEvent } from './events.ts';
import { expiry, hasExpired } from './expiry.ts';
import { takeLine } from './lines.ts';

/** Kept of an attempt that nobody ever reported about. */
const workerLost: JobError = { type: 'JobWorkerLost', detail: 'the worker was not heard of again' };

const attemptsUsedUp: JobError = { type: 'JobWorkerLost', detail: 'no attempt was heard of again' };

export const deadlinePassed: JobError = {
  type: 'JobDeadlineExceeded',
  detail: 'the job has had all the time that its type allows',
};

/** What becomes of a job whose next attempt was due. */
export type Takeover =
  | { readonly outcome: 'begun'; readonly attempt: BegunAttempt }
  /** The row has the last word: it has ended by this. */
  | { readonly outcome: 'ended'; readonly ended: EndedJob }
  /** It waits in the queue again; another run will have it. */
  | { readonly outcome: 'put_back' }
  /** Another run has it or will have it, or it has ended before. */
  | { readonly outcome: 'gone' }
  /** It has been tried in this run before, and whoever asks makes first attempts only: it stays as it is. */
  | { readonly outcome: 'tried_before' };

interface LockedJob {
  readonly dispatch: number;
  readonly status: JobStatus;
  readonly attempts: number;
  readonly cancelled: boolean;
  readonly late: boolean;
  readonly expired: boolean;
  readonly holdsSlot: boolean;
  readonly paused: boolean;
}

/**
 * The next attempt of a job that something stands in the way of: an attempt whose worker was lost, a cancel, a pause, a limit.
 */
export async function takeOver(
  pool: Pool,
  ref: DispatchRef,
  rules: JobRules,
  worker: string,
  firstOnly = false,
): Promise<Takeover> {
  return underLock(pool, ref, async (tx, job) => {
    const done = await endIfDone(tx, ref.jobId, job, 'lost', rules.retry.maxAttempts);
    if (done) return done;
    if (firstOnly && job.status === 'running') return { outcome: 'tried_before' };
    await keepUnderWay(tx, ref.jobId, 'lost', workerLost);
    if (job.paused) return putBack(tx, ref.jobId, 'paused');
    if (!job.holdsSlot && !(await hasFreeSlot(tx, rules))) return putBack(tx, ref.jobId, 'busy');
    return { outcome: 'begun', attempt: await beginLocked(tx, ref.jobId, rules, worker) };
  });
}

/**
 * A job whose run has nothing more to expect: it was cancelled, or its time is up. Where neither is so, the job waits in the
 * queue again. `why` is kept of an attempt that is under way by the books.
 */
export async function settle(
  pool: Pool,
  ref: DispatchRef,
  why: 'cancelled' | 'lost',
  maxAttempts: number,
): Promise<Takeover> {
  return underLock(pool, ref, async (tx, job) => {
    const seen = why === 'cancelled' ? { ...job, cancelled: true } : job;
    const done = await endIfDone(tx, ref.jobId, seen, why, maxAttempts);
    if (done) return done;
    await keepUnderWay(tx, ref.jobId, 'lost', workerLost);
    return putBack(tx, ref.jobId, 'lost');
  });
}

/**
 * A job that has come to a worker which does not know its type waits in the queue again, for one that does. How often it may be
 * tried is not known here.
 */
export async function giveBack(pool: Pool, ref: DispatchRef): Promise<Takeover> {
  return underLock(pool, ref, async (tx, job) => {
    const done = await endIfDone(tx, ref.jobId, job, 'lost', Number.MAX_SAFE_INTEGER);
    if (done) return done;
    await keepUnderWay(tx, ref.jobId, 'lost', workerLost);
    return putBack(tx, ref.jobId, 'unknown_type');
  });
}

async function underLock(
  pool: Pool,
  { jobId, dispatch }: DispatchRef,
  work: (tx: Tx, job: LockedJob) => Promise<Takeover>,
): Promise<Takeover> {
  return transaction(pool, async (tx) => {
    const line = await queryOne<{ key: string | null }>(
      tx,
      sql`select ordering_key as key from jobs where id = ${jobId}`,
    );
    await takeLine(tx, line?.key ?? null);
    const job = await queryOne<LockedJob>(
      tx,
      sql`select dispatch, status, attempts,
            cancel_requested_at is not null as cancelled, holds_slot as "holdsSlot",
            coalesce(deadline_at <= clock_timestamp(), false) as late, ${hasExpired} as expired,
            exists (select from job_types where name = jobs.type and paused_at is not null) as paused
          from jobs where id = ${jobId} for no key update`,
    );
    if (!job || job.dispatch !== dispatch || !isOutOfQueue(job.status)) return { outcome: 'gone' };
    return work(tx, job);
  });
}

/** One that waits keeps the number of its last run, which is over for it, until it is taken out of the queue again. */
function isOutOfQueue(status: JobStatus): boolean {
  return status === 'dispatched' || status === 'running';
}

async function endIfDone(
  tx: Tx,
  jobId: string,
  { cancelled, late, expired: isExpired, attempts }: LockedJob,
  outcome: FailedOutcome,
  maxAttempts: number,
): Promise<Takeover | null> {
  if (cancelled) return end(tx, jobId, 'cancelled', { status: 'cancelled' });
  if (late) return end(tx, jobId, 'timed_out', { status: 'dead', error: deadlinePassed });
  if (isExpired) return end(tx, jobId, 'refused', { status: 'failed', error: expiry });
  if (attempts >= maxAttempts) return end(tx, jobId, outcome, { status: 'dead', error: attemptsUsedUp });
  return null;
}

async function end(
  tx: Tx,
  jobId: string,
  outcome: FailedOutcome,
  how: Parameters<typeof endJob>[2],
): Promise<Takeover> {
  const error = 'error' in how ? how.error : { type: 'JobCancelled', detail: 'the job was cancelled' };
  await keepUnderWay(tx, jobId, outcome, outcome === 'lost' ? workerLost : error);
  const ended = await endJob(tx, sql`jobs.id = ${jobId}`, how);
  if (!ended) throw new Error(`job ${jobId} does not exist`);
  return { outcome: 'ended', ended };
}

async function putBack(tx: Tx, jobId: string, why: string): Promise<Takeover> {
  await execute(
    tx,
    sql`with back as (
          update jobs set status = 'ready', holds_slot = false, leased_until = null, attempt_started_at = null,
            attempt_worker = null, ${nextEvent}
          where id = ${jobId} returning id, last_event_number
        )
        ${eventOf(sql`back`, 'job.put_back', sql`jsonb_build_object('why', ${why}::text)`)}`,
  );
  return { outcome: 'put_back' };
}

async function hasFreeSlot(tx: Tx, { name, concurrency }: JobRules): Promise<boolean> {
  if (concurrency === null) return true;
  await execute(tx, sql`insert into job_types (name) values (${name}) on conflict (name) do nothing`);
  await execute(tx, sql`select from job_types where name = ${name} for update`);
  const row = await queryOne<{ taken: number }>(
    tx,
    sql`select count(*) as taken from jobs where type = ${name} and holds_slot`,
  );
  return (row?.taken ?? 0) < concurrency;
}
