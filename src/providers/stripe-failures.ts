import { Stripe } from 'stripe';
import { Failure, refused, type FailureFacts } from '../domain/failures.ts';
import { transientFailure, unavailable } from './http-failures.ts';

/** Somebody else is at the same object or key this very moment (docs.stripe.com/error-codes). */
const busyCodes = new Set(['lock_timeout', 'idempotency_key_in_use']);

/** The object is there, but in another state than the call needs. */
const stateCodes = new Set([
  'payment_intent_unexpected_state',
  'intent_invalid_state',
  'charge_already_captured',
  'charge_already_refunded',
  'charge_expired_for_capture',
  'capture_charge_authorization_expired',
]);

/** The payment method that the client sent cannot pay this order. */
const methodCodes = new Set([
  'payment_intent_incompatible_payment_method',
  'payment_method_currency_mismatch',
  'payment_method_not_available',
  'payment_method_restricted',
  'payment_method_unexpected_state',
  'payment_method_unsupported_type',
]);

const actionCodes = new Set(['authentication_required', 'payment_intent_action_required']);

/**
 * What an error of Stripe's client means to us. Only codes and ids are taken over, never Stripe's own message, which
 * may repeat what we sent. An error that isn't Stripe's is a defect of ours and comes back as it is.
 */
export function stripeFailure(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const status = error.statusCode;
  const code = error.code ?? null;
  const facts = factsOf(error);
  const answer = { provider: 'Stripe', status, retryAfter: error.headers?.['retry-after'], facts };

  // A stored failure comes back under this key for as long as Stripe keeps it (docs.stripe.com/error-low-level).
  if (isReplayed(error) && status !== undefined && (status >= 500 || status === 409))
    return new Failure('ProviderReplayedFailure', `Stripe replays a stored ${status}`, { facts });
  if (busyCodes.has(code ?? '') || status === 409)
    return unavailable('Stripe', 'is busy with the same object', facts);
  const transient = transientFailure({ ...answer, status: code === 'rate_limit' ? 429 : status });
  if (transient) return transient;
  if (actionCodes.has(code ?? '') || actionCodes.has(error.decline_code ?? ''))
    return refused('PaymentActionRequired', 'the bank asks the customer to confirm the payment', facts);
  if (error.rawType === 'card_error') return refused('PaymentDeclined', 'the payment was declined', facts);
  if (stateCodes.has(code ?? ''))
    return new Failure('ProviderStateConflict', 'what Stripe holds is in another state', { facts });
  if (error.param === 'payment_method' || methodCodes.has(code ?? ''))
    return refused('PaymentDeclined', 'the order cannot be paid with this payment method', facts);
  if (error.rawType === 'idempotency_error')
    return new Failure('ProviderReplayedFailure', 'Stripe knows the key from another request', { facts });
  return new Failure('Misconfigured', `Stripe refuses the request with ${status}`, { facts });
}

/** As `stripeFailure`, for a call that names an amount for the first time: too small or too large is a no as well. */
export function amountFailure(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error.code !== 'amount_too_small' && error.code !== 'amount_too_large') return stripeFailure(error);
  return refused('PaymentDeclined', 'the amount cannot be paid by card', factsOf(error));
}

function factsOf(error: Stripe.errors.StripeError): FailureFacts {
  const status = error.payment_intent?.status;
  return {
    ...(error.statusCode !== undefined && { httpStatus: error.statusCode }),
    ...(error.requestId && { requestId: error.requestId }),
    ...(error.code && { code: error.code }),
    ...(error.decline_code && { declineCode: error.decline_code }),
    ...(error.param && { param: error.param }),
    ...(isReplayed(error) && { replayed: true }),
    ...(status && { status }),
  };
}

function isReplayed(error: Stripe.errors.StripeError): boolean {
  return error.headers?.['idempotent-replayed'] === 'true';
}
