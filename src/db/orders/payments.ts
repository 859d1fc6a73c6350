import sql from 'sql-template-tag';
import type { Money } from '../../domain/money.ts';
import { execute, queryOne, type Db, type Tx } from '../pool.ts';

export interface Payment {
  readonly intentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly captureBefore: Date | null;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly voidedAt: Date | null;
}

/** The order's payment, once the provider's intent is known. */
export async function find(db: Db, orderId: string): Promise<Payment | undefined> {
  return queryOne<Payment>(
    db,
    sql`select intent_id as "intentId", amount_minor as "amountMinor", currency, capture_before as "captureBefore",
          captured_minor as "capturedMinor", refunded_minor as "refundedMinor", voided_at as "voidedAt"
        from payments where order_id = ${orderId}`,
  );
}

/** Ties the order to the provider's intent, for good: gives the intent that counts, which may be an earlier one. */
export async function adoptIntent(tx: Tx, orderId: string, intentId: string, amount: Money): Promise<string> {
  await execute(
    tx,
    sql`insert into payments (order_id, intent_id, amount_minor, currency)
        values (${orderId}, ${intentId}, ${amount.amountMinor}, ${amount.currency})
        on conflict (order_id) do nothing`,
  );
  const payment = await find(tx, orderId);
  if (!payment) throw new Error('a payment that was in the way is gone');
  return payment.intentId;
}

export async function markAuthorized(tx: Tx, orderId: string, captureBefore: Date | null): Promise<void> {
  await execute(
    tx,
    sql`update payments set authorized_at = clock_timestamp(), capture_before = ${captureBefore}
        where order_id = ${orderId}`,
  );
}

export async function markVoided(tx: Tx, orderId: string): Promise<void> {
  await execute(
    tx,
    sql`update payments set voided_at = coalesce(voided_at, clock_timestamp())
        where order_id = ${orderId} and captured_minor = 0`,
  );
}

/** Books the charge, once: the provider owes us the amount, and it is a sale. */
export async function bookCapture(tx: Tx, orderId: string, amount: Money): Promise<void> {
  const changed = await execute(
    tx,
    sql`update payments set captured_minor = ${amount.amountMinor}
        where order_id = ${orderId} and captured_minor = 0`,
  );
  if (changed === 0) return;
  await post(tx, orderId, 'capture', amount, { debit: 'provider_balance', credit: 'sales' });
}

/** Books the refund in full, once. */
export async function bookRefund(tx: Tx, orderId: string, refundId: string, amount: Money): Promise<void> {
  const changed = await execute(
    tx,
    sql`update payments set refunded_minor = ${amount.amountMinor}, refund_id = ${refundId}
        where order_id = ${orderId} and refunded_minor = 0`,
  );
  if (changed === 0) return;
  await post(tx, orderId, 'refund', amount, { debit: 'sales_refunds', credit: 'provider_balance' });
}

async function post(
  tx: Tx,
  orderId: string,
  entry: string,
  amount: Money,
  accounts: { debit: string; credit: string },
): Promise<void> {
  await execute(
    tx,
    sql`insert into postings (order_id, entry, account, amount_minor, currency) values
          (${orderId}, ${entry}, ${accounts.debit}, ${amount.amountMinor}, ${amount.currency}),
          (${orderId}, ${entry}, ${accounts.credit}, ${-amount.amountMinor}, ${amount.currency})`,
  );
}
