import { z } from 'zod';
import { unexpectedState } from './errors.ts';
import type { Form } from './form-body.ts';
import { intentNamed } from './intent-object.ts';
import { nowSeconds, type Intent } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, readParams } from './params.ts';

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;
const params = z.strictObject({ cancellation_reason: z.enum(reasons).optional(), expand });

const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/** POST /v1/payment_intents/:id/cancel */
export const cancel: Operation = {
  method: 'post',
  path: '/v1/payment_intents/:id/cancel',
  name: 'payment_intent.cancel',
  run(form: Form, id: string, context: Context) {
    const given = readParams(params, form);
    const intent = intentNamed(id, context.store);
    if (!cancelable.includes(intent.status)) {
      throw unexpectedState(
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
        intent,
      );
    }
    return cancelIntent(intent, given.cancellation_reason ?? null, context);
  },
};

/** Ends an intent for good and gives back what it held. */
export function cancelIntent(
  intent: Intent,
  reason: Intent['cancellation_reason'],
  context: Context,
): Intent {
  const { transaction, store } = context;
  const released = intent.amount_capturable;
  const canceled: Intent = {
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: nowSeconds(),
    cancellation_reason: reason,
    next_action: null,
  };
  transaction.put({ intents: canceled });
  const charge = released > 0 && intent.latest_charge ? store.charges.get(intent.latest_charge) : undefined;
  if (charge) {
    const voided = { ...charge, refunded: true, amount_refunded: charge.amount };
    transaction.put({ charges: voided });
    transaction.event(reason === 'automatic' ? 'charge.expired' : 'charge.refunded', voided);
  }
  transaction.effect('payment_intent.canceled', canceled, { releasedMinor: released, reason });
  transaction.event('payment_intent.canceled', canceled);
  return canceled;
}
