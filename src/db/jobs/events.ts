import sql, { type Sql } from 'sql-template-tag';
import type { JobEventType } from '../../domain/job-event.ts';

/** The part of an update of a job that makes room for an event. */
export const nextEvent: Sql = sql`last_event_number = last_event_number + 1, updated_at = clock_timestamp()`;

/**
 * Writes the event of each job that the statement's part `changed` has changed, which gives `id` and `last_event_number`.
 * `data` is JSON, or an expression over `changed`.
 */
export function eventOf(changed: Sql, type: JobEventType | Sql, data: Sql = sql`'{}'::jsonb`): Sql {
  const name = typeof type === 'string' ? sql`${type}::text` : type;
  return sql`insert into job_events (job_id, number, type, data)
          select id, last_event_number, ${name}, ${data} from ${changed}`;
}
