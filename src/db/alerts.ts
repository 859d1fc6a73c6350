import sql from 'sql-template-tag';
import type { Alert } from '../domain/alert.ts';
import { newId } from '../domain/new-id.ts';
import { execute, queryOne, type Db, type Tx } from './pool.ts';

/** An alert to be raised; `occurrence` tells one occasion from another, however often it is noticed. */
export interface NewAlert extends Pick<Alert, 'type' | 'orderId' | 'facts'> {
  readonly occurrence: string;
}

/** Raises an alert in the caller's transaction, once per occurrence; the outbox takes it to the operators. */
export async function raise(tx: Tx, { occurrence, type, orderId, facts }: NewAlert): Promise<void> {
  await execute(
    tx,
    sql`with raised as (
          insert into operator_alerts (id, occurrence, type, order_id, facts)
          values (${newId()}, ${occurrence}, ${type}, ${orderId}, ${JSON.stringify(facts)})
          on conflict (occurrence) do nothing
          returning id
        )
        insert into outbox (lane, kind, order_id, payload)
        select 'alert:' || id, 'alert', ${orderId}, jsonb_build_object('alertId', id) from raised`,
  );
}

/** An alert, and whether the operators have been told of it each way. */
export interface RaisedAlert extends Alert {
  readonly mailed: boolean;
  readonly posted: boolean;
}

export async function load(db: Db, alertId: string): Promise<RaisedAlert> {
  const alert = await queryOne<RaisedAlert>(
    db,
    sql`select id, type, order_id as "orderId", facts, raised_at as "raisedAt", mailed_at is not null as mailed,
          posted_at is not null as posted
        from operator_alerts where id = ${alertId}`,
  );
  if (!alert) throw new Error(`alert ${alertId} does not exist`);
  return alert;
}

export async function markMailed(db: Db, alertId: string): Promise<void> {
  await execute(
    db,
    sql`update operator_alerts set mailed_at = coalesce(mailed_at, clock_timestamp()) where id = ${alertId}`,
  );
}

export async function markPosted(db: Db, alertId: string): Promise<void> {
  await execute(
    db,
    sql`update operator_alerts set posted_at = coalesce(posted_at, clock_timestamp()) where id = ${alertId}`,
  );
}
