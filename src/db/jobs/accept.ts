import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import type { JobStatus } from '../../domain/job.ts';
import {
  findAnswer,
  keyLock,
  once,
  type Repeatable,
  type Repeated,
  type StoredAnswer,
} from '../idempotency.ts';
import { queryOne } from '../pool.ts';
import { acceptedEvent, enqueueRow, insertJob, type JobRow } from './enqueue.ts';

/**
 * The answer to whoever asks for a job: the one that is made for it, or the one that has its unique key and stands for it, with
 * how that one stands.
 */
export type AnswerTo = (jobId: string, holder: JobStatus | null) => StoredAnswer;

/**
 * Accepts a job with its first event and keeps the answer, in one commit (law 1). A job with neither an ordering nor a unique
 * key takes one statement.
 */
export async function acceptJob(
  pool: Pool,
  row: JobRow,
  request: Repeatable | null,
  answerTo: AnswerTo,
): Promise<Repeated> {
  if (row.orderingKey !== null || row.uniqueKey !== null) {
    return once(pool, request, async (tx) => {
      const { jobId, created, status } = await enqueueRow(tx, row);
      return answerTo(jobId, created ? null : status);
    });
  }
  const answer = answerTo(row.id, null);
  const accepted = await queryOne<{ free: boolean; id: string | null }>(
    pool,
    sql`with ${request === null ? unguarded : guarded(request, answer)},
        accepted as (${insertJob(row, sql`kept`)}),
        ${acceptedEvent}
        select free, (select id from accepted) as id from gate`,
  );
  if (accepted?.id) return { outcome: 'answered', answer, replay: false };
  // Another request with the key is being answered, or has been.
  return (request && (await findAnswer(pool, request))) ?? { outcome: 'in_flight' };
}

/** Without a key nothing stands in the way. */
const unguarded = sql`gate as (select true as free), kept as (select 1)`;

/** The job is inserted only where the key's row is; a rival that was faster is met by the primary key. */
function guarded(request: Repeatable, answer: StoredAnswer): Sql {
  return sql`gate as materialized (select ${keyLock(request)} as free),
        kept as (
          insert into idempotency_keys (scope, key, body_hash, response_status, response_headers, response_body)
          select ${request.scope}, ${request.key}, ${request.bodyHash}::bytea, ${answer.status}::integer,
            ${JSON.stringify(answer.headers)}::jsonb, ${JSON.stringify(answer.body)}::jsonb
          from gate where free
          on conflict (scope, key) do nothing
          returning 1
        )`;
}
