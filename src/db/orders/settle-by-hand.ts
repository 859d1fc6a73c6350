import sql from 'sql-template-tag';
import type { PaymentStatus, StepUndoneByHand } from '../../domain/order.ts';
import { execute, type Tx } from '../pool.ts';

/** What the order's payment is once the step was undone by hand, and what it has to have been for that. */
const payments: Record<StepUndoneByHand, { from: PaymentStatus; to: PaymentStatus } | null> = {
  authorize_payment: { from: 'authorized', to: 'voided' },
  buy_label: null,
  capture_payment: { from: 'captured', to: 'refunded' },
};

/**
 * Takes an operator's word that the step is undone. The fence closes as after an undo of our own; our books keep what
 * they know, and the balance views leave such a step to the operator.
 */
export async function settleByHand(tx: Tx, orderId: string, step: StepUndoneByHand): Promise<void> {
  await execute(
    tx,
    sql`insert into order_steps as s (order_id, step, state, undone_at, settled_at)
        values (${orderId}, ${step}, 'undone', clock_timestamp(), clock_timestamp())
        on conflict (order_id, step) do update set
          state = 'undone', undone_at = clock_timestamp(), settled_at = clock_timestamp()
        where s.state <> 'undone'`,
  );
  const move = payments[step];
  if (!move) return;
  await execute(
    tx,
    sql`update orders set payment_status = ${move.to} where id = ${orderId} and payment_status = ${move.from}`,
  );
}
