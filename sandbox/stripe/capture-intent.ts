import { z } from 'zod';
import { checkCapture } from './amounts.ts';
import { cancelIntent } from './cancel-intent.ts';
import { StripeFailure, unexpectedState } from './errors.ts';
import type { Form } from './form-body.ts';
import { intentNamed } from './intent-object.ts';
import { nowSeconds, type Charge, type Intent } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, integer, metadata, readParams, words } from './params.ts';
import { randomAlphanumeric } from '../shared/ids.ts';

const params = z.strictObject({
  amount_to_capture: integer.optional(),
  expand,
  metadata: metadata.optional(),
  statement_descriptor: words.optional(),
  statement_descriptor_suffix: words.optional(),
});

/** POST /v1/payment_intents/:id/capture */
export const capture: Operation = {
  method: 'post',
  path: '/v1/payment_intents/:id/capture',
  name: 'payment_intent.capture',
  run(form: Form, id: string, context: Context) {
    const given = readParams(params, form);
    const intent = intentNamed(id, context.store);
    if (intent.status !== 'requires_capture') {
      throw unexpectedState(
        `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
        intent,
      );
    }
    const charge = heldCharge(intent, context);
    if (isExpired(charge)) throw expire(intent, charge, context);
    const amount = given.amount_to_capture ?? intent.amount_capturable;
    checkCapture(amount, intent.amount_capturable);
    const described = { ...intent, metadata: { ...intent.metadata, ...given.metadata } };
    return markCaptured(described, charge, amount, context);
  },
};

/** Takes the money: all of it, or a part, which releases the rest. */
export function markCaptured(
  intent: Intent,
  charge: Charge,
  amount: number,
  { transaction }: Context,
): Intent {
  const captured: Intent = { ...intent, status: 'succeeded', amount_capturable: 0, amount_received: amount };
  const settled: Charge = {
    ...charge,
    captured: true,
    amount_captured: amount,
    balance_transaction: `txn_3${randomAlphanumeric(23)}`,
  };
  transaction.put({ intents: captured });
  transaction.put({ charges: settled });
  transaction.effect('payment_intent.captured', captured, {
    amountMinor: amount,
    currency: captured.currency,
    chargeId: charge.id,
  });
  if (intent.capture_method === 'manual') transaction.event('charge.captured', settled);
  else transaction.event('charge.succeeded', settled);
  transaction.event('payment_intent.succeeded', captured);
  return captured;
}

/** Says that an amount is held and can be captured. */
export function announceAuthorized(intent: Intent, charge: Charge, { transaction }: Context): void {
  transaction.event('charge.succeeded', charge);
  transaction.event('payment_intent.amount_capturable_updated', intent);
}

/** The charge behind an intent that holds money. */
export function heldCharge(intent: Intent, { store }: Context): Charge {
  const charge = intent.latest_charge === null ? undefined : store.charges.get(intent.latest_charge);
  if (!charge) throw new Error(`${intent.id} holds money without a charge`);
  return charge;
}

function isExpired(charge: Charge): boolean {
  const captureBefore = charge.payment_method_details?.card?.capture_before;
  return captureBefore !== undefined && captureBefore <= nowSeconds();
}

function expire(intent: Intent, charge: Charge, context: Context): StripeFailure {
  const canceled = cancelIntent(intent, 'automatic', context);
  const message = `The charge cannot be captured because the charge has expired.`;
  return new StripeFailure(
    400,
    {
      type: 'invalid_request_error',
      code: 'charge_expired_for_capture',
      message,
      charge: charge.id,
      payment_intent: canceled,
    },
    { executed: true },
  );
}
