import sql from 'sql-template-tag';
import type { OrderStatus, StepName } from '../../domain/order.ts';
import { allowLongStatements, query, type Db, type Tx } from '../pool.ts';

/** The views that a look goes through as a whole may take longer than any other statement. */
const longLookTimeoutMs = 60_000;

/** Lets the statements of this transaction take their time. */
export async function allowLongLook(tx: Tx): Promise<void> {
  await allowLongStatements(tx, longLookTimeoutMs);
}

/** An order that has failed or was cancelled and holds something all the same. */
export interface EndedHold {
  readonly orderId: string;
  /** `authorization`, `charge`, `label`, `stock` or `step …`. */
  readonly held: readonly string[];
}

export async function listEndedHolds(db: Db, limit: number): Promise<EndedHold[]> {
  return query<EndedHold>(
    db,
    sql`select order_id as "orderId", array_agg(distinct held) as held from (
          select order_id, held from imbalance_holds where status in ('failed', 'cancelled')
          union all
          select order_id, 'charge' from imbalance_charges where status in ('failed', 'cancelled')
        ) as holds
        group by order_id limit ${limit}`,
  );
}

/** Orders that have ended and still have stock reserved. */
export async function listReservedByEnded(
  db: Db,
  limit: number,
): Promise<{ orderId: string; status: OrderStatus }[]> {
  return query(
    db,
    sql`select distinct o.id as "orderId", o.status from reservations r join orders o on o.id = r.order_id
        where o.status in ('completed', 'failed', 'cancelled') limit ${limit}`,
  );
}

/** The order's steps that are not undone. */
export async function listNotUndone(db: Db, orderId: string): Promise<StepName[]> {
  const rows = await query<{ step: StepName }>(
    db,
    sql`select step from order_steps where order_id = ${orderId} and state <> 'undone'`,
  );
  return rows.map(({ step }) => step);
}

export interface Imbalance {
  readonly kind: string;
  readonly subject: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function listImbalances(db: Db, limit: number): Promise<Imbalance[]> {
  return query<Imbalance>(db, sql`select kind, subject, facts from imbalances limit ${limit}`);
}

/** An entry of the outbox that keeps failing. */
export interface PoisonedEntry {
  readonly id: number;
  readonly kind: string;
  readonly orderId: string | null;
  readonly attempts: number;
  /** Redacted. */
  readonly lastError: string | null;
}

export async function listPoisoned(db: Db, afterAttempts: number, limit: number): Promise<PoisonedEntry[]> {
  return query<PoisonedEntry>(
    db,
    sql`select id, kind, order_id as "orderId", attempts, last_error as "lastError" from outbox
        where attempts >= ${afterAttempts} and kind <> 'alert' order by id limit ${limit}`,
  );
}
