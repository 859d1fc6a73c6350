/**
 * The values that decide how an order is run. They are pinned when the order is accepted and travel in the workflow's
 * input, so that a change of configuration never changes an order under way (law 12).
 */
export interface OrderPolicy {
  /** How often a step is tried before the order waits for an operator. */
  readonly attemptsBeforeAttention: number;
  /** How long the saga waits for the carrier's webhook before it asks the carrier itself, in milliseconds. */
  readonly trackingCheckAfterMs: number;
  /** How long before the authorization expires the payment is captured early, in milliseconds. */
  readonly captureMarginMs: number;
}

export const defaultOrderPolicy: OrderPolicy = {
  attemptsBeforeAttention: 40,
  trackingCheckAfterMs: 6 * 60 * 60 * 1000,
  captureMarginMs: 24 * 60 * 60 * 1000,
};

/** How long an attempt is put off: exponential, capped, with full jitter on its upper half. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** For effects at a provider: quick at first, then every quarter of a minute, so that an outage ends soon after it ends. */
export const providerBackoff: Backoff = { firstMs: 250, factor: 2, maxMs: 15_000 };

/** For mails and other notices: an outage of hours is waited out without haste. */
export const noticeBackoff: Backoff = { firstMs: 500, factor: 2, maxMs: 60_000 };

/** For alerts to operators and the reconciler: at first as quick as an operator could be, then every ten minutes. */
export const alertBackoff: Backoff = { firstMs: 1_000, factor: 2, maxMs: 10 * 60 * 1000 };

/**
 * The wait after attempt `attempt` (from 1), in milliseconds; `random` is in [0, 1).
 * The provider's own `Retry-After` wins where it is longer.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number, retryAfterMs?: number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (attempt - 1));
  const jittered = full / 2 + (full / 2) * random;
  return Math.round(Math.max(jittered, retryAfterMs ?? 0));
}
