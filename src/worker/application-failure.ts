import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { DescribedFailure } from '../domain/described-failure.ts';
import { backoffMs, type Backoff } from '../domain/policies.ts';

/**
 * The failure as the workflow gets it (law 8): a refusal is never retried; anything else is, after a backoff with
 * jitter that the provider's `Retry-After` may lengthen. `attempt` counts from 1.
 */
export function toApplicationFailure(
  { type, message, refusal, retryAfterMs, facts }: DescribedFailure,
  attempt: number,
  backoff: Backoff,
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: refusal,
    details: [facts],
    ...(refusal
      ? { category: ApplicationFailureCategory.BENIGN }
      : { nextRetryDelay: backoffMs(backoff, attempt, Math.random(), retryAfterMs) }),
  });
}
