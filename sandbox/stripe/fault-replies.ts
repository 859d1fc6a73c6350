import type { Fault } from '../shared/faults.ts';
import type { Reply } from '../shared/wire.ts';
import { StripeFailure, type StripeErrorBody } from './errors.ts';
import { failureReply } from './replies.ts';
import { declined, type CardOutcome } from './test-cards.ts';

/** How a confirmation is declined on request; null when the fault names another type of error. */
export function forcedDecline({ error }: Fault): (CardOutcome & { kind: 'declined' }) | null {
  const isDecline = error.type === undefined || error.type === 'card_error';
  return isDecline ? declined(error.declineCode ?? 'generic_decline') : null;
}

/** The error that a fault asks for. */
export function refusal({ error }: Fault): StripeFailure {
  const body: StripeErrorBody = {
    type: error.type ?? 'invalid_request_error',
    message: error.message ?? 'The request was refused on request.',
  };
  if (error.code !== undefined) body.code = error.code;
  if (error.declineCode !== undefined) body.decline_code = error.declineCode;
  const status = error.status ?? (body.type === 'card_error' ? 402 : 400);
  return new StripeFailure(status, body, { executed: true });
}

/** 429, which is never stored. */
export function rateLimitReply({ retryAfterSeconds }: Fault): Reply {
  const message =
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
  const failure = new StripeFailure(
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message },
    { executed: false },
  );
  const reply = failureReply(failure);
  return { ...reply, headers: { 'Retry-After': String(retryAfterSeconds) } };
}
