import sql, { type Sql } from 'sql-template-tag';
import type { JobError } from './end.ts';

/** That a job is not worth beginning any more. One that has begun goes on, in this round. */
export const hasExpired: Sql = sql`(started_at is null and expires_at is not null and expires_at <= clock_timestamp())`;

/** Refused, because whoever asked for it wanted that. */
export const expiry: JobError = { type: 'JobExpired', detail: 'the job had not begun by its expiresAt' };
