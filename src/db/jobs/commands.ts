import { DatabaseError } from 'pg';
import sql from 'sql-template-tag';
import { refused, type Failure } from '../../domain/failures.ts';
import { hasJobEnded, publicStatus, type JobStatus } from '../../domain/job.ts';
import { newId } from '../../domain/new-id.ts';
import { oweJobCancel } from '../outbox.ts';
import { execute, queryOne, type Tx } from '../pool.ts';
import type { Proviso } from '../proviso.ts';
import { endJob, type EndedJob } from './end.ts';
import { eventOf, nextEvent } from './events.ts';
import { advanceLine, takeLine } from './lines.ts';

/** Who wants it and why; kept with the command. */
export interface JobCommand {
  readonly jobId: string;
  readonly requestedBy: string;
  readonly reason: string | null;
  /** Where it is one of many. */
  readonly bulkOperationId?: string;
}

/**
 * There is no such job; it is accepted, and has ended the job where `ended` is there; or it had been accepted before and
 * changes nothing.
 */
export type JobCommandOutcome =
  | { readonly outcome: 'no_such_job' }
  | { readonly outcome: 'accepted'; readonly ended: EndedJob | null }
  | { readonly outcome: 'accepted_before' };

interface CommandedJob {
  readonly status: JobStatus;
  readonly dispatch: number;
  readonly batch: string | null;
  readonly cancelRequested: boolean;
  readonly attemptUnderWay: boolean;
  readonly orderingKey: string | null;
  readonly uniqueTaken: boolean;
}

/**
 * Accepts a cancel, or refuses it (`CommandRefused`), under the job's row lock. A job without an attempt under way is
 * cancelled by it; one that is being tried ends in `cancelled` as soon as its handler lets go, whatever it has done by then.
 */
export async function cancelJob(tx: Tx, command: JobCommand, proviso?: Proviso): Promise<JobCommandOutcome> {
  const { jobId, requestedBy } = command;
  const job = await lockForCommand(tx, jobId);
  if (!job) return { outcome: 'no_such_job' };
  const { status, dispatch, attemptUnderWay } = job;
  if (hasJobEnded(status) && status !== 'cancelled')
    throw refused('CommandRefused', `The job is ${publicStatus(status)}; it cannot be cancelled any more.`);
  await proviso?.();
  if (status === 'cancelled' || job.cancelRequested) return { outcome: 'accepted_before' };
  await keepCommand(tx, command, 'cancel');
  await execute(
    tx,
    sql`with asked as (
          update jobs set cancel_requested_at = clock_timestamp(), ${nextEvent} where id = ${jobId}
          returning id, last_event_number
        )
        ${eventOf(sql`asked`, 'job.cancel_requested', sql`jsonb_build_object('requestedBy', ${requestedBy}::text)`)}`,
  );
  if (status === 'dispatched' || status === 'running') {
    const waitsForNextAttempt = status === 'running' && !attemptUnderWay;
    await oweJobCancel(tx, { jobId, dispatch, startedBy: waitsForNextAttempt ? job.batch : null });
  }
  if (attemptUnderWay) return { outcome: 'accepted', ended: null };
  return {
    outcome: 'accepted',
    ended: (await endJob(tx, sql`jobs.id = ${jobId}`, { status: 'cancelled' })) ?? null,
  };
}

/**
 * Starts a job that has ended otherwise than well once more from its beginning, as a new round; or refuses
 * (`CommandRefused`).
 */
export async function retryJob(tx: Tx, command: JobCommand, proviso?: Proviso): Promise<JobCommandOutcome> {
  const job = await lockForCommand(tx, command.jobId);
  if (!job) return { outcome: 'no_such_job' };
  const { status, orderingKey } = job;
  if (!hasJobEnded(status) || status === 'completed')
    throw refused('CommandRefused', `The job is ${publicStatus(status)}; there is nothing to retry.`);
  if (job.uniqueTaken) throw keyTaken();
  await proviso?.();
  await keepCommand(tx, command, 'retry');
  await beginRound(tx, command, orderingKey);
  await advanceLine(tx, orderingKey);
  return { outcome: 'accepted', ended: null };
}

/** Refuses (`CommandRefused`) where another job has come by the unique key since it was looked for; the transaction is lost then. */
async function beginRound(
  tx: Tx,
  { jobId, requestedBy }: JobCommand,
  orderingKey: string | null,
): Promise<void> {
  try {
    await execute(
      tx,
      sql`with again as (
          update jobs set status = ${orderingKey === null ? 'ready' : 'blocked'}, round = round + 1, attempts = 0,
            run_at = clock_timestamp(), expires_at = null, unique_slot = unique_key, deadline_at = null,
            cancel_requested_at = null, progress_percent = null, progress_message = null, checkpoint = null,
            error_type = null, error_detail = null, started_at = null, finished_at = null, ${nextEvent}
          where id = ${jobId} returning id, last_event_number, round
        )
        ${eventOf(
          sql`again`,
          'job.retried',
          sql`jsonb_build_object('round', round, 'requestedBy', ${requestedBy}::text)`,
        )}`,
    );
  } catch (error) {
    throw isOfUniqueKey(error) ? keyTaken() : error;
  }
}

function isOfUniqueKey(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505' && error.constraint === 'jobs_unique';
}

function keyTaken(): Failure {
  return refused('CommandRefused', 'Another job of the type has the unique key of this one.');
}

/** The job with its line taken and its row locked until the transaction ends; undefined when there is none. */
async function lockForCommand(tx: Tx, jobId: string): Promise<CommandedJob | undefined> {
  const line = await queryOne<{ key: string | null }>(
    tx,
    sql`select ordering_key as key from jobs where id = ${jobId}`,
  );
  if (!line) return undefined;
  await takeLine(tx, line.key);
  return queryOne<CommandedJob>(
    tx,
    sql`select status, dispatch, batch, cancel_requested_at is not null as "cancelRequested",
          attempt_started_at is not null as "attemptUnderWay", ordering_key as "orderingKey",
          exists (
            select from jobs as other
            where other.type = jobs.type and other.unique_slot = jobs.unique_key and other.id <> jobs.id) as "uniqueTaken"
        from jobs where id = ${jobId} for no key update`,
  );
}

/** Makes a job's row the caller's until its transaction ends; false where there is none. */
export async function lockJob(tx: Tx, jobId: string): Promise<boolean> {
  return (await lockForCommand(tx, jobId)) !== undefined;
}

async function keepCommand(tx: Tx, command: JobCommand, kind: 'cancel' | 'retry'): Promise<void> {
  await execute(
    tx,
    sql`insert into job_commands (id, job_id, kind, requested_by, reason, bulk_operation_id)
        values (${newId()}, ${command.jobId}, ${kind}, ${command.requestedBy}, ${command.reason},
          ${command.bulkOperationId ?? null})`,
  );
}
