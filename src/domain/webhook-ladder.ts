/** The pauses between attempts, in milliseconds: after the first one fails, after the second, and so on. */
export type RetryLadder = readonly number[];

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The schedule that Standard Webhooks 1.0 gives: ten attempts in a little over three days. */
export const standardLadder: RetryLadder = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** So much longer a pause can be at random, so that what failed together is not tried together. */
const jitter = 0.1;

/**
 * How long to wait after the `failures`th failure in a row, in milliseconds; null when the ladder is used up. The
 * receiver's `Retry-After` wins where it is longer. `random` is in [0, 1).
 */
export function pauseAfter(
  ladder: RetryLadder,
  failures: number,
  random: number,
  retryAfterMs = 0,
): number | null {
  const pauseMs = ladder[failures - 1];
  if (pauseMs === undefined) return null;
  return Math.round(Math.max(pauseMs * (1 + jitter * random), retryAfterMs));
}
