import type { Reply } from '../shared/wire.ts';
import { internalError, StripeFailure } from './errors.ts';
import { retryAdvice } from './idempotency.ts';

export function successReply(body: object): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

/** The answer for whatever went wrong. */
export function failureReply(error: unknown): Reply {
  const { status, body } = error instanceof StripeFailure ? error : unforeseen(error);
  return { status, headers: retryAdvice(status), body: JSON.stringify({ error: body }) };
}

/** A defect of the sandbox itself is told on stderr, not hidden in an answer that looks like one of Stripe's. */
function unforeseen(error: unknown): StripeFailure {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return internalError();
}
