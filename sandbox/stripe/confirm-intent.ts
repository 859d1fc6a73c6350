import { z } from 'zod';
import { announceAuthorized, markCaptured } from './capture-intent.ts';
import { newCharge } from './charge-object.ts';
import { invalidRequest, StripeFailure, unexpectedState } from './errors.ts';
import type { Form } from './form-body.ts';
import { intentNamed } from './intent-object.ts';
import type { Card, Intent } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, flag, readParams, refuseMethodTypes, words } from './params.ts';
import { cardFor, paymentMethodObject, testCardOf } from './payment-methods.ts';
import { declined, type CardOutcome } from './test-cards.ts';

/** What confirming takes, whether at creation or later. */
export const confirmationParams = {
  error_on_requires_action: flag.optional(),
  off_session: z.union([flag, z.enum(['one_off', 'recurring']).transform(() => true)]).optional(),
  return_url: words.optional(),
  setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
  use_stripe_sdk: flag.optional(),
};

type Confirmation = z.output<z.ZodObject<typeof confirmationParams>>;

const params = z.strictObject({
  ...confirmationParams,
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
  expand,
  payment_method: words.optional(),
  payment_method_options: z.record(z.string(), z.unknown()).optional(),
  receipt_email: words.optional(),
});

/** POST /v1/payment_intents/:id/confirm */
export const confirm: Operation = {
  method: 'post',
  path: '/v1/payment_intents/:id/confirm',
  name: 'payment_intent.confirm',
  run(form: Form, id: string, context: Context) {
    refuseMethodTypes(form);
    const given = readParams(params, form);
    const known = intentNamed(id, context.store);
    checkConfirmable(known, given.payment_method !== undefined);
    const card = given.payment_method
      ? cardFor(given.payment_method, known.customer, context.store, context.transaction)
      : undefined;
    const intent = {
      ...known,
      payment_method: card?.id ?? known.payment_method,
      capture_method: given.capture_method ?? known.capture_method,
      receipt_email: given.receipt_email ?? known.receipt_email,
    };
    return confirmIntent(intent, given, context, card);
  },
};

/** Charges the card of an intent that may be confirmed. Throws a card error when it is declined. */
export function confirmIntent(intent: Intent, given: Confirmation, context: Context, newCard?: Card): Intent {
  checkReturnUrl(intent, given);
  const card = newCard ?? cardOf(intent, context);
  const confirmed = { ...intent, setup_future_usage: given.setup_future_usage ?? intent.setup_future_usage };
  const outcome = context.forcedOutcome ?? outcomeOf(card, given);
  if (outcome.kind === 'declined') throw declineWith(confirmed, card, outcome, context).failure;
  if (outcome.kind === 'needs_authentication') return requireAction(confirmed, given, context);
  return authorize(confirmed, card, context);
}

/** Holds the amount on the card; captures it at once unless capture is manual. */
export function authorize(intent: Intent, card: Card, context: Context): Intent {
  const { transaction, authorizationSeconds } = context;
  const charge = newCharge(intent, card, { kind: 'approved' }, authorizationSeconds);
  const held: Intent = {
    ...intent,
    status: 'requires_capture',
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  };
  const attached = intent.setup_future_usage ? intent.customer : card.customer;
  transaction.put({ cards: { ...card, used: true, customer: attached } });
  transaction.effect('payment_intent.confirmed', held, {
    amountMinor: held.amount,
    currency: held.currency,
    chargeId: charge.id,
  });
  if (intent.capture_method !== 'manual') return markCaptured(held, charge, held.amount, context);
  transaction.put({ intents: held });
  transaction.put({ charges: charge });
  announceAuthorized(held, charge, context);
  return held;
}

function requireAction(intent: Intent, { return_url: returnUrl }: Confirmation, context: Context): Intent {
  const url = `${context.baseUrl()}/sandbox/authenticate/${intent.id}`;
  const waiting: Intent = {
    ...intent,
    status: 'requires_action',
    next_action: returnUrl
      ? { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } }
      : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } },
  };
  context.transaction.put({ intents: waiting });
  context.transaction.effect('payment_intent.requires_action', waiting, { amountMinor: waiting.amount });
  context.transaction.event('payment_intent.requires_action', waiting);
  return waiting;
}

/** Records the decline; returns the intent after it and the error to throw. */
export function declineWith(
  intent: Intent,
  card: Card,
  outcome: CardOutcome & { kind: 'declined' },
  { transaction, authorizationSeconds }: Context,
): { intent: Intent; failure: StripeFailure } {
  const charge = newCharge(intent, card, outcome, authorizationSeconds);
  const { code, declineCode, message } = outcome;
  const error = { type: 'card_error' as const, code, decline_code: declineCode, message, charge: charge.id };
  const refused: Intent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    next_action: null,
    last_payment_error: { ...error, payment_method: paymentMethodObject(card) },
  };
  transaction.put({ intents: refused });
  transaction.put({ charges: charge });
  transaction.put({ cards: { ...card, used: true } });
  transaction.effect('payment_intent.declined', refused, { amountMinor: refused.amount, declineCode });
  transaction.event('charge.failed', charge);
  transaction.event('payment_intent.payment_failed', refused);
  const body = { ...error, payment_intent: refused, payment_method: paymentMethodObject(card) };
  return { intent: refused, failure: new StripeFailure(402, body, { executed: true }) };
}

/** A card that asks for 3-D Secure is declined where nobody is there to complete it. */
function outcomeOf(card: Card, { off_session, error_on_requires_action }: Confirmation): CardOutcome {
  const { outcome } = testCardOf(card);
  if (outcome.kind !== 'needs_authentication') return outcome;
  return off_session || error_on_requires_action ? declined('authentication_required') : outcome;
}

function cardOf(intent: Intent, context: Context): Card {
  if (intent.payment_method === null) {
    throw unexpectedState(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      intent,
    );
  }
  return cardFor(intent.payment_method, intent.customer, context.store, context.transaction);
}

function checkConfirmable(intent: Intent, bringsCard: boolean): void {
  if (intent.status === 'succeeded') {
    throw unexpectedState(
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
      intent,
    );
  }
  const allowed = ['requires_confirmation', 'requires_action', 'requires_payment_method'];
  if (allowed.includes(intent.status)) return;
  const verb = bringsCard ? 'updated' : 'confirmed';
  throw unexpectedState(
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
    intent,
  );
}

function checkReturnUrl(
  intent: Intent,
  { return_url: returnUrl, off_session: offSession }: Confirmation,
): void {
  const automatic = intent.automatic_payment_methods;
  if (!automatic?.enabled || automatic.allow_redirects === 'never' || returnUrl || offSession) return;
  throw invalidRequest(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  );
}
