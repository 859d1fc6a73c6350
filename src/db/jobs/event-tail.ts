import sql from 'sql-template-tag';
import type { JobEventType } from '../../domain/job-event.ts';
import { endedJobStatuses } from '../../domain/job.ts';
import { query, queryOne, type Db } from '../pool.ts';

/** A job's event as its readers get it. */
export interface NumberedJobEvent {
  /** Within the job, from 1, without a gap. */
  readonly number: number;
  readonly type: JobEventType;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The next events of each position, up to `limit` a position, in the positions' order. None is missed or given twice: a number
 * is taken under the job's row lock, which is held until the commit.
 */
export async function readNextJobEvents(
  db: Db,
  positions: readonly { readonly id: string; readonly after: number }[],
  limit: number,
): Promise<NumberedJobEvent[][]> {
  const rows = await query<NumberedJobEvent & { place: number }>(
    db,
    sql`select reader.place, event.number, event.type, event.created_at as at, event.data
        from unnest(${positions.map(({ id }) => id)}::uuid[], ${positions.map(({ after }) => after)}::integer[])
          with ordinality as reader (job_id, after, place)
        join job_events as event on event.job_id = reader.job_id
          and event.number between reader.after + 1 and reader.after + ${limit}::integer
        order by reader.place, event.number`,
  );
  const found: NumberedJobEvent[][] = positions.map(() => []);
  for (const { place, ...event } of rows) found[place - 1]?.push(event);
  return found;
}

/** How far a job's events go, and whether it has ended by the last one; undefined when there is no such job. */
export async function findJobExtent(
  db: Db,
  jobId: string,
): Promise<{ readonly lastNumber: number; readonly hasEnded: boolean } | undefined> {
  return queryOne(
    db,
    sql`select last_event_number as "lastNumber", status = any(${endedJobStatuses}::text[]) as "hasEnded"
        from jobs where id = ${jobId}`,
  );
}

const endTypes = endedJobStatuses.map((status) => `job.${status}` satisfies JobEventType);

/** Whether the job has ended with this event; only a new round is after it. */
export function isJobEnd(type: JobEventType): boolean {
  return endTypes.some((one) => one === type);
}
