import { Failure, type FailureFacts } from '../domain/failures.ts';

/** The longest wait that a provider's `Retry-After` can ask of us; after it we may as well ask again. */
const longestRetryAfterMs = 15 * 60 * 1000;

/**
 * How long a `Retry-After` header asks us to wait, in milliseconds: it holds seconds or an HTTP date (RFC 9110, 10.2.3).
 * Undefined when there is none or when it makes no sense.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number = Date.now()): number | undefined {
  const waitMs = waitFor(header?.trim() ?? '', nowMs);
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(Math.round(waitMs), 0), longestRetryAfterMs);
}

function waitFor(value: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  // An HTTP date starts with the day's name; JavaScript would take much else for a date.
  return /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) - nowMs : Number.NaN;
}

/** What a provider answered, as far as it matters to anyone who waits for it. */
export interface HttpAnswer {
  /** For messages: `Stripe`. */
  readonly provider: string;
  /** Undefined when no answer came: no connection, a broken one, or a time-out. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly facts: FailureFacts;
}

/** The failure that will pass by itself, or null when the answer is about our request. */
export function transientFailure({ provider, status, retryAfter, facts }: HttpAnswer): Failure | null {
  if (status === undefined) return unavailable(provider, 'gave no answer', facts);
  const retryAfterMs = parseRetryAfter(retryAfter);
  if (status === 429)
    return new Failure('ProviderRateLimited', `${provider} asks for a pause`, {
      facts,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  if (status >= 500 || status === 408)
    return unavailable(provider, `answered ${status}`, facts, retryAfterMs);
  return null;
}

/** The provider cannot be had for now; a retry may work. */
export function unavailable(
  provider: string,
  what: string,
  facts: FailureFacts = {},
  retryAfterMs?: number,
): Failure {
  return new Failure('ProviderUnavailable', `${provider} ${what}`, {
    facts,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
