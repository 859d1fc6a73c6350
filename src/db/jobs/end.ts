import sql, { type Sql } from 'sql-template-tag';
import type { EndedJobStatus } from '../../domain/job.ts';
import type { JobEventType } from '../../domain/job-event.ts';
import * as alerts from '../alerts.ts';
import { queryOne, type Db, type Tx } from '../pool.ts';
import { oweCallback } from '../webhooks/messages.ts';
import { eventOf, nextEvent } from './events.ts';
import { advanceLine } from './lines.ts';

/** How a job ends. */
export type JobEnd =
  | { readonly status: 'completed'; readonly result: unknown; readonly file: KeptFile | null }
  | { readonly status: 'failed' | 'dead'; readonly error: JobError }
  | { readonly status: 'cancelled' };

export interface JobError {
  readonly type: string;
  /** Redacted. */
  readonly detail: string;
}

/** A file that the job has made, and how long it is kept, in milliseconds. */
export interface KeptFile {
  readonly key: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly lifetimeMs: number;
}

/** A job that has ended, with what follows from that. */
export interface EndedJob {
  readonly jobId: string;
  readonly jobType: string;
  readonly status: EndedJobStatus;
  readonly failureType: string | null;
  readonly attempts: number;
  /** Since its first attempt of the round began, in milliseconds; null where none has. */
  readonly durationMs: number | null;
}

interface EndedRow extends EndedJob {
  readonly orderingKey: string | null;
  readonly callbackUrl: string | null;
  readonly apiKeyId: string | null;
  readonly eventNumber: number;
  readonly round: number;
  readonly finishedAt: Date;
}

/**
 * Ends a job that stands in no line and owes nobody a callback, if it is still as `condition` says; undefined where it is not.
 * It is one statement.
 */
export async function endPlainly(db: Db, condition: Sql, end: JobEnd): Promise<EndedJob | undefined> {
  const row = await queryOne<EndedRow>(db, endStatement(condition, end));
  return row && toEnded(row);
}

/**
 * Ends a job, if it is still as `condition` says, with everything that follows: the next of its line, its callback, an alert
 * where it is dead. Its line is taken.
 */
export async function endJob(tx: Tx, condition: Sql, end: JobEnd): Promise<EndedJob | undefined> {
  const row = await queryOne<EndedRow>(tx, endStatement(condition, end));
  if (!row) return undefined;
  await advanceLine(tx, row.orderingKey);
  await tellCaller(tx, row, end);
  if (row.status === 'dead') await raiseAlert(tx, row);
  return toEnded(row);
}

function toEnded({ jobId, jobType, status, failureType, attempts, durationMs }: EndedRow): EndedJob {
  return { jobId, jobType, status, failureType, attempts, durationMs };
}

function endStatement(condition: Sql, end: JobEnd): Sql {
  const { error, result, file } = { error: null, result: null, file: null, ...end };
  const expiry = sql`clock_timestamp() + ${file?.lifetimeMs ?? null}::float8 * interval '1 millisecond'`;
  const event: JobEventType = `job.${end.status}`;
  const progress =
    end.status === 'completed' ? sql`, progress_percent = 100` : sql`, progress_percent = progress_percent`;
  const cancelled =
    end.status === 'cancelled'
      ? sql`, cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())`
      : sql``;
  return sql`with ended as (
          update jobs set status = ${end.status}, result = ${asJson(result)}::jsonb, file_key = ${file?.key ?? null},
            file_name = ${file?.name ?? null}, file_media_type = ${file?.mediaType ?? null},
            file_bytes = ${file?.bytes ?? null}, file_expires_at = ${expiry},
            error_type = ${error?.type ?? null}, error_detail = ${error?.detail ?? null},
            unique_slot = case when unique_for_ever then unique_slot end, holds_slot = false, leased_until = null,
            attempt_started_at = null, attempt_worker = null, finished_at = clock_timestamp(), ${nextEvent}${progress}${cancelled}
          where ${condition}
          returning id, type, status, error_type, attempts, round, started_at, finished_at, ordering_key, callback_url,
            api_key_id, last_event_number
        ),
        event as (${eventOf(sql`ended`, event, sql`jsonb_build_object('type', type, 'errorType', error_type, 'attempts', attempts)`)})
        select id as "jobId", type as "jobType", status, error_type as "failureType", attempts, round, finished_at as "finishedAt",
          ordering_key as "orderingKey", callback_url as "callbackUrl", api_key_id as "apiKeyId",
          last_event_number as "eventNumber",
          (extract(epoch from finished_at - started_at) * 1000)::float8 as "durationMs"
        from ended`;
}

function asJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

async function tellCaller(tx: Tx, row: EndedRow, end: JobEnd): Promise<void> {
  const { callbackUrl: url, apiKeyId, jobId, jobType: type, status } = row;
  if (url === null) return;
  await oweCallback(tx, {
    apiKeyId,
    url,
    messageId: `job_${jobId}_${row.eventNumber}`,
    type: `job.${status}`,
    occurredAt: row.finishedAt,
    data: {
      jobId,
      type,
      status,
      result: 'result' in end ? (end.result ?? null) : null,
      hasFile: 'file' in end && end.file !== null,
      error: 'error' in end ? end.error : null,
    },
  });
}

async function raiseAlert(
  tx: Tx,
  { jobId, jobType: type, round, attempts, failureType: errorType }: EndedRow,
): Promise<void> {
  await alerts.raise(tx, {
    occurrence: `job:${jobId}:${round}`,
    type: 'job.dead',
    orderId: null,
    facts: { jobId, type, attempts, errorType },
  });
}
