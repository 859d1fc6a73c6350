import sql from 'sql-template-tag';
import type { OrderPolicy } from '../../domain/policies.ts';
import { enqueue, orderLane } from '../outbox.ts';
import { queryOne, type Tx } from '../pool.ts';
import { record } from './events.ts';

interface Row {
  readonly customerId: string;
  readonly totalMinor: number;
  readonly currency: string;
  readonly pieces: number;
  readonly policy: OrderPolicy | null;
}

/**
 * Puts the start of a new run, one that goes on where the lost one ended, into the outbox of an order that is open and
 * whose start is not under way already. `why` says in a word what became of the run before. False where nothing is to be
 * done.
 */
export async function startAgain(
  tx: Tx,
  orderId: string,
  why: string,
  policyOfOld: OrderPolicy,
): Promise<boolean> {
  // The lock comes first, in a statement of its own: what was committed while it was waited for counts.
  const open = await queryOne(
    tx,
    sql`select 1 from orders
        where id = ${orderId} and status in ('pending', 'processing', 'confirmed') for no key update`,
  );
  if (!open) return false;
  const order = await queryOne<Row>(
    tx,
    sql`select customer_id as "customerId", total_minor as "totalMinor", currency, policy,
          (select sum(quantity) from order_lines where order_id = ${orderId}) as pieces
        from orders where id = ${orderId}
          and not exists (select from outbox where lane = ${orderLane(orderId)} and kind = 'start_order')`,
  );
  if (!order) return false;
  await record(tx, orderId, { type: 'order.resumed', data: { why } });
  const payload = { ...order, policy: order.policy ?? policyOfOld, traceParent: null, resume: true };
  await enqueue(tx, orderId, { kind: 'start_order', payload });
  return true;
}
