import sql from 'sql-template-tag';
import { isOrderFailureType, type OrderFailureType } from '../../domain/failures.ts';
import { hasEnded } from '../../domain/order.ts';
import type { ShipmentStatus } from '../../domain/shipment.ts';
import { execute, queryOne, type Tx } from '../pool.ts';
import { clearAttention, lock } from './life.ts';

/** Why an order does not go through; `detail` says it in a sentence. */
export interface OrderFailure {
  readonly type: OrderFailureType;
  readonly detail: string;
}

/**
 * Commits that from here on the order only unwinds, whichever run does it: `failure` is null where it was cancelled.
 * The first to say so is right. A step that waited for an operator is waited for no longer.
 */
export async function beginUnwinding(tx: Tx, orderId: string, failure: OrderFailure | null): Promise<void> {
  await execute(
    tx,
    sql`update orders set unwinding_since = clock_timestamp(), unwinding_failure_type = ${failure?.type ?? null},
          unwinding_failure_detail = ${failure?.detail ?? null},
          attention_step = null, attention_reason = null, attention_since = null, waiting_on = null
        where id = ${orderId} and unwinding_since is null`,
  );
}

/** Where a run has to go on when the one before it was lost. */
export interface ResumePoint {
  /** Nothing is left to do. */
  readonly ended: {
    readonly status: 'completed' | 'failed' | 'cancelled';
    readonly failureType: OrderFailureType | null;
  } | null;
  readonly unwinding: boolean;
  /** What the order fails for, once it is unwound; null where it was cancelled. */
  readonly failure: OrderFailure | null;
  /** Where the carrier says the parcel is; null until its label is bought. */
  readonly parcel: ShipmentStatus | null;
}

interface Row {
  readonly unwinding: boolean;
  readonly failureType: string | null;
  readonly failureDetail: string | null;
  readonly parcel: ShipmentStatus | null;
}

/** Reads how far the order is. Whatever it waited for an operator for is tried again, so nobody is waited for any more. */
export async function takeUp(tx: Tx, orderId: string): Promise<ResumePoint> {
  const order = await lock(tx, orderId);
  const row = await queryOne<Row>(
    tx,
    sql`select unwinding_since is not null as unwinding, unwinding_failure_type as "failureType",
          unwinding_failure_detail as "failureDetail",
          (select status from shipments where order_id = ${orderId}) as parcel
        from orders where id = ${orderId}`,
  );
  if (!row) throw new Error(`order ${orderId} does not exist`);
  await clearAttention(tx, orderId);
  const { status, failureType } = order;
  return {
    ended: hasEnded(status) ? { status: endOf(status), failureType } : null,
    unwinding: row.unwinding,
    failure: failureOf(row),
    parcel: row.parcel,
  };
}

function endOf(status: string): 'completed' | 'failed' | 'cancelled' {
  if (status === 'completed' || status === 'failed' || status === 'cancelled') return status;
  throw new Error(`${status} is no end`);
}

function failureOf({ failureType: type, failureDetail: detail }: Row): OrderFailure | null {
  return isOrderFailureType(type) && detail !== null ? { type, detail } : null;
}
