import sql from 'sql-template-tag';
import { refused, type OrderFailureType } from '../../domain/failures.ts';
import { stepOfUndo, type Address, type OrderStatus, type PaymentStatus } from '../../domain/order.ts';
import * as alerts from '../alerts.ts';
import { enqueue } from '../outbox.ts';
import { execute, queryOne, type Db, type Tx } from '../pool.ts';
import { record } from './events.ts';

/** What the steps need to know of an order. */
export interface OrderFacts {
  readonly id: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly cancelRequestedAt: Date | null;
  readonly unwindingSince: Date | null;
  readonly paymentMethod: string;
  readonly shippingAddress: Address;
  readonly totalMinor: number;
  readonly currency: string;
  readonly failureType: OrderFailureType | null;
  /** Since it was accepted, in milliseconds. */
  readonly ageMs: number;
}

const columns = sql`id, status, payment_status as "paymentStatus", cancel_requested_at as "cancelRequestedAt",
  unwinding_since as "unwindingSince", payment_method as "paymentMethod", shipping_address as "shippingAddress", total_minor as "totalMinor", currency,
  failure_type as "failureType", (extract(epoch from clock_timestamp() - created_at) * 1000)::integer as "ageMs"`;

export async function load(db: Db, orderId: string): Promise<OrderFacts> {
  return found(
    orderId,
    await queryOne<OrderFacts>(db, sql`select ${columns} from orders where id = ${orderId}`),
  );
}

/** The order with its row locked until the transaction ends: the first lock that every step takes. */
export async function lock(tx: Tx, orderId: string): Promise<OrderFacts> {
  return found(
    orderId,
    await queryOne<OrderFacts>(
      tx,
      sql`select ${columns} from orders where id = ${orderId} for no key update`,
    ),
  );
}

/**
 * The same, for a step forward: once a cancel is accepted there is none (`CancelRequested`), nor once the order unwinds
 * (`StepUndone`).
 */
export async function lockForward(tx: Tx, orderId: string): Promise<OrderFacts> {
  const order = await lock(tx, orderId);
  if (order.cancelRequestedAt !== null)
    throw refused('CancelRequested', 'a cancel was accepted before this step');
  if (order.unwindingSince !== null) throw refused('StepUndone', 'the order has begun to unwind');
  return order;
}

function found(orderId: string, order: OrderFacts | undefined): OrderFacts {
  if (!order) throw new Error(`order ${orderId} does not exist`);
  return order;
}

/** Confirms the order; the mail and the sales figures follow from the same commit. */
export async function confirm(tx: Tx, orderId: string, durationMs: number): Promise<void> {
  await record(tx, orderId, { type: 'order.confirmed', durationMs }, { status: 'confirmed' });
  await enqueue(tx, orderId, { kind: 'notice', payload: { notice: 'confirmed' } });
  await enqueue(tx, orderId, { kind: 'sale', payload: {} });
}

/** How an order has ended; `first` is false for a repeat, which changes nothing. */
export interface Ended {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly failureType: OrderFailureType | null;
  /** Since the order was accepted, in milliseconds. */
  readonly ageMs: number;
  readonly first: boolean;
}

/** Completes a delivered order. */
export async function complete(tx: Tx, orderId: string): Promise<Ended> {
  const order = await lock(tx, orderId);
  const ended = { status: 'completed', failureType: null, ageMs: order.ageMs } as const;
  if (order.status === 'completed') return { ...ended, first: false };
  await record(tx, orderId, { type: 'order.completed' }, { status: 'completed' });
  return { ...ended, first: true };
}

/** The parcel's weight, in grams. */
export async function weightGrams(db: Db, orderId: string): Promise<number> {
  const row = await queryOne<{ grams: number }>(
    db,
    sql`select sum(weight_grams::bigint * quantity)::bigint as grams from order_lines where order_id = ${orderId}`,
  );
  return row?.grams ?? 0;
}

/**
 * Ends an order that does not go through, once everything is undone: `cancelled` where a cancel was accepted, else
 * `failed`. The mail follows from the same commit.
 */
export async function end(
  tx: Tx,
  orderId: string,
  failure: { type: OrderFailureType; detail: string } | null,
): Promise<Ended & { status: 'failed' | 'cancelled' }> {
  const { status: before, cancelRequestedAt, failureType, ageMs } = await lock(tx, orderId);
  if (before === 'failed' || before === 'cancelled')
    return { status: before, failureType, ageMs, first: false };
  const status = cancelRequestedAt === null ? 'failed' : 'cancelled';
  const reason = status === 'failed' ? failure : null;
  if (status === 'failed' && reason === null) throw new Error(`order ${orderId} fails without a reason`);
  if (reason) {
    await execute(
      tx,
      sql`update orders set failure_type = ${reason.type}, failure_detail = ${reason.detail} where id = ${orderId}`,
    );
  }
  await record(
    tx,
    orderId,
    { type: `order.${status}`, data: { failureType: reason?.type ?? null } },
    { status },
  );
  await enqueue(tx, orderId, { kind: 'notice', payload: { notice: status } });
  return { status, failureType: reason?.type ?? null, ageMs, first: true };
}

/** A call for an operator, because a step does not succeed. */
export interface AttentionCall {
  readonly step: string;
  readonly reason: string;
  /** Tells one call from the next, so that a repeat which comes after the operator's decision is known. */
  readonly call: string;
}

/**
 * The order waits for an operator (law 8). False when it already does, for the same step, and for a call that has been
 * raised before or comes when nobody can go forward any more.
 */
export async function raiseAttention(
  tx: Tx,
  orderId: string,
  { step, reason, call }: AttentionCall,
): Promise<boolean> {
  const changed = await execute(
    tx,
    sql`update orders set attention_step = ${step}, attention_reason = ${reason},
          attention_since = clock_timestamp(), waiting_on = 'operator'
        where id = ${orderId} and attention_step is distinct from ${step}
          and status in ('pending', 'processing', 'confirmed')
          and (unwinding_since is null or ${stepOfUndo(step) !== null}::boolean)
          and not exists (
            select from order_events
            where order_id = ${orderId} and type = 'order.needs_attention' and data->>'call' = ${call})`,
  );
  if (changed === 0) return false;
  const number = await record(tx, orderId, { type: 'order.needs_attention', data: { step, reason, call } });
  const occurrence = `attention:${orderId}:${number}`;
  await alerts.raise(tx, { occurrence, type: 'order.needs_attention', orderId, facts: { step, reason } });
  return true;
}

/** What the operator was called for has been seen to without them; a call for anything else stands. */
export async function clearAttentionFor(tx: Tx, orderId: string, step: string): Promise<void> {
  const called = await queryOne(
    tx,
    sql`select from orders where id = ${orderId} and attention_step = ${step}`,
  );
  if (called) await clearAttention(tx, orderId);
}

/** Nobody is waited for any more; used where the saga goes on by itself, such as after a cancel. */
export async function clearAttention(tx: Tx, orderId: string): Promise<void> {
  await execute(
    tx,
    sql`update orders set attention_step = null, attention_reason = null, attention_since = null, waiting_on = null
        where id = ${orderId}`,
  );
}
