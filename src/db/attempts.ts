import sql from 'sql-template-tag';
import { execute, type Db } from './pool.ts';

/** An attempt of an activity that failed. */
export interface FailedAttempt {
  readonly orderId: string;
  readonly runId: string;
  readonly activity: string;
  readonly attempt: number;
  readonly local: boolean;
  readonly failureType: string;
  /** Redacted. */
  readonly failureMessage: string;
  readonly worker: string;
  readonly startedAt: Date;
  readonly durationMs: number;
}

export async function recordFailedAttempt(db: Db, attempt: FailedAttempt): Promise<void> {
  await execute(
    db,
    sql`insert into activity_attempts (order_id, run_id, activity, attempt, local, failure_type, failure_message,
          worker, started_at, duration_ms)
        values (${attempt.orderId}, ${attempt.runId}, ${attempt.activity}, ${attempt.attempt}, ${attempt.local},
          ${attempt.failureType}, ${attempt.failureMessage}, ${attempt.worker}, ${attempt.startedAt},
          ${attempt.durationMs})`,
  );
}
