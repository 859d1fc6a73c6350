import { z } from 'zod';
import { randomAlphanumeric } from '../shared/ids.ts';
import { checkRefund } from './amounts.ts';
import { invalidRequest, resourceMissing, StripeFailure } from './errors.ts';
import type { Form } from './form-body.ts';
import { nowSeconds, type Charge, type Refund } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, integer, metadata, readParams, words } from './params.ts';
import type { Store } from './store.ts';

const params = z.strictObject({
  amount: integer.optional(),
  charge: words.optional(),
  expand,
  metadata: metadata.default({}),
  payment_intent: words.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

type Params = z.output<typeof params>;

/** POST /v1/refunds */
export const createRefund: Operation = {
  method: 'post',
  path: '/v1/refunds',
  name: 'refund.create',
  run(form: Form, _id: string, context: Context) {
    const given = readParams(params, form);
    const charge = chargeToRefund(given, context.store);
    const left = charge.amount_captured - charge.amount_refunded;
    if (left === 0) throw alreadyRefunded(charge);
    const amount = given.amount ?? left;
    checkRefund(amount, left);
    return refundCharge(charge, amount, given, context);
  },
};

function refundCharge(
  charge: Charge,
  amount: number,
  given: Params,
  { store, transaction }: Context,
): Refund {
  const refund: Refund = {
    id: `re_3${randomAlphanumeric(23)}`,
    object: 'refund',
    amount,
    balance_transaction: `txn_3${randomAlphanumeric(23)}`,
    charge: charge.id,
    created: nowSeconds(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: given.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const refunded = charge.amount_refunded + amount;
  const after: Charge = {
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  };
  const intentMetadata = store.intents.get(charge.payment_intent)?.metadata;
  transaction.put({ refunds: refund });
  transaction.put({ charges: after });
  transaction.effect(
    'refund.created',
    { ...refund, metadata: { ...intentMetadata, ...refund.metadata } },
    {
      amountMinor: amount,
      currency: refund.currency,
      paymentIntentId: charge.payment_intent,
      metadata: refund.metadata,
    },
  );
  transaction.event('refund.created', refund);
  transaction.event('charge.refunded', after);
  transaction.event('refund.updated', refund);
  return refund;
}

function chargeToRefund({ charge, payment_intent: intentId }: Params, store: Store): Charge {
  if (charge === undefined && intentId === undefined) {
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  if (charge !== undefined) {
    const named = store.charges.get(charge);
    if (!named) throw resourceMissing('charge', charge, 'charge', 400);
    return captured(named, named.payment_intent);
  }
  const intent = store.intents.get(intentId ?? '');
  if (!intent) throw resourceMissing('payment_intent', intentId ?? '', 'payment_intent', 400);
  return captured(
    intent.latest_charge === null ? undefined : store.charges.get(intent.latest_charge),
    intent.id,
  );
}

function captured(charge: Charge | undefined, intentId: string): Charge {
  if (charge?.captured) return charge;
  throw new StripeFailure(
    400,
    {
      type: 'invalid_request_error',
      message: `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
      param: 'payment_intent',
    },
    { executed: true },
  );
}

function alreadyRefunded(charge: Charge): StripeFailure {
  return new StripeFailure(
    400,
    {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: `Charge ${charge.id} has already been refunded.`,
      charge: charge.id,
    },
    { executed: true },
  );
}
