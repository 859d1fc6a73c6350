import sql from 'sql-template-tag';
import type { AlertMessage, CancelJobMessage, OutboxMessage, ScheduleMessage } from './outbox.ts';
import { execute, query, queryOne, type Db } from './pool.ts';

/** An entry of the outbox, leased to whoever claimed it. */
export type ClaimedEntry = (OutboxMessage | AlertMessage | CancelJobMessage | ScheduleMessage) & {
  readonly id: number;
  /** Empty where it is about no order. */
  readonly orderId: string;
  /** Failures of its own so far. */
  readonly attempts: number;
  /** Since its commit. */
  readonly ageMs: number;
};

/**
 * Leases up to `limit` entries of these kinds that are due: nobody else has them, and each is the oldest of its lane, so
 * that a lane is delivered in order however many relays there are.
 */
export async function claim(
  db: Db,
  kinds: readonly ClaimedEntry['kind'][],
  limit: number,
  leaseMs: number,
): Promise<ClaimedEntry[]> {
  return query<ClaimedEntry>(
    db,
    sql`with due as (
          select id from outbox as entry
          where next_attempt_at <= clock_timestamp()
            and (leased_until is null or leased_until <= clock_timestamp())
            and kind = any(${kinds}::text[])
            and not exists (select 1 from outbox as older where older.lane = entry.lane and older.id < entry.id)
          order by next_attempt_at, id
          limit ${limit}
          for update skip locked
        )
        update outbox set leased_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
        from due where outbox.id = due.id
        returning outbox.id, coalesce(order_id::text, '') as "orderId", kind, payload, attempts,
          (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"`,
  );
}

/** Takes delivered entries out; from here on the next of their lanes may be claimed. */
export async function remove(db: Db, ids: readonly number[]): Promise<void> {
  await execute(db, sql`delete from outbox where id = any(${ids}::bigint[])`);
}

/** When an entry that failed is tried again. */
export interface PutOff {
  readonly id: number;
  readonly attempts: number;
  readonly delayMs: number;
  /** Redacted. */
  readonly error: string;
}

/** A change of a schedule that a later one stands for is not tried again. */
export async function putOff(db: Db, failures: readonly PutOff[]): Promise<void> {
  const column = <K extends keyof PutOff>(key: K) => failures.map((failure) => failure[key]);
  await execute(
    db,
    sql`with superseded as (
          delete from outbox as failed
          where id = any(${column('id')}::bigint[]) and kind = 'schedule'
            and exists (select 1 from outbox as later where later.lane = failed.lane and later.id > failed.id)
          returning id
        )
        update outbox set attempts = failed.attempts, last_error = failed.error, leased_until = null,
          next_attempt_at = clock_timestamp() + failed.delay_ms * interval '1 millisecond'
        from unnest(${column('id')}::bigint[], ${column('attempts')}::integer[], ${column('delayMs')}::integer[],
          ${column('error')}::text[]) as failed (id, attempts, delay_ms, error)
        where outbox.id = failed.id and not exists (select 1 from superseded where superseded.id = failed.id)`,
  );
}

/** Gives entries back untried; any relay may take them at once. */
export async function release(db: Db, ids: readonly number[]): Promise<void> {
  await execute(db, sql`update outbox set leased_until = null where id = any(${ids}::bigint[])`);
}

export interface OutboxStatistics {
  readonly depth: number;
  readonly oldestAgeMs: number;
  /** Entries with at least `alertAfterAttempts` failures of their own. */
  readonly poisoned: number;
}

export async function statistics(db: Db, alertAfterAttempts: number): Promise<OutboxStatistics> {
  const row = await queryOne<OutboxStatistics>(
    db,
    sql`select count(*) as depth, count(*) filter (where attempts >= ${alertAfterAttempts}) as poisoned,
          coalesce(extract(epoch from clock_timestamp() - min(created_at)) * 1000, 0)::float8 as "oldestAgeMs"
        from outbox`,
  );
  if (!row) throw new Error('an aggregate gave no row');
  return row;
}
