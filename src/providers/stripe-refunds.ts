import type { Stripe } from 'stripe';
import { Failure } from '../domain/failures.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { answered, pageSize } from './stripe-client.ts';
import { orderIdField, refundKeyField } from './stripe-metadata.ts';
import type { Payments, Refund, RefundStatus } from './stripe.ts';

type RefundCalls = Pick<Payments, 'refund' | 'listRefunds' | 'retrieveRefund'>;

/** More refunds of one intent than anybody makes. */
const maxRefundsListed = 1_000;

const statuses = [
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
] as const satisfies readonly RefundStatus[];

export function refundCalls(refunds: Stripe['refunds']): RefundCalls {
  return {
    refund: ({ intentId, amount, key, orderId, reason }) =>
      refundOf(
        refunds.create(
          {
            payment_intent: intentId,
            amount: toStripeAmount(amount),
            metadata: { [orderIdField]: orderId, [refundKeyField]: key },
            ...(reason && { reason }),
          },
          { idempotencyKey: key },
        ),
      ),

    async listRefunds(intentId) {
      const list = refunds.list({ payment_intent: intentId, limit: pageSize });
      return (await answered(list.autoPagingToArray({ limit: maxRefundsListed }))).map(toRefund);
    },

    retrieveRefund: (refundId) => refundOf(refunds.retrieve(refundId)),
  };
}

async function refundOf(request: Promise<Stripe.Refund>): Promise<Refund> {
  return toRefund(await answered(request));
}

function toRefund(refund: Stripe.Refund): Refund {
  const intent = refund.payment_intent;
  return {
    id: refund.id,
    status: statusOf(refund.status),
    amount: fromStripeAmount(refund.amount, refund.currency.toUpperCase()),
    key: refund.metadata?.[refundKeyField] ?? null,
    orderId: refund.metadata?.[orderIdField] ?? null,
    intentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
  };
}

function statusOf(status: string | null): RefundStatus {
  const known = statuses.find((one) => one === status);
  if (!known) throw new Failure('Misconfigured', 'a refund has an unknown status', { facts: { status } });
  return known;
}
