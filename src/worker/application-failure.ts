import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Failure, failureKinds } from '../domain/failures.ts';
import { backoffMs, type Backoff } from '../domain/policies.ts';
import { redactText } from '../domain/redact.ts';

/** What an attempt failed with, as it is logged, recorded and told to the workflow. */
export interface DescribedFailure {
  readonly type: string;
  /** Without personal data or secrets. */
  readonly message: string;
  readonly refusal: boolean;
  readonly retryAfterMs: number | undefined;
  readonly facts: Failure['facts'];
}

export function describeFailure(error: unknown): DescribedFailure {
  if (error instanceof Failure) {
    const { type, facts, retryAfterMs } = error;
    const { refusal } = failureKinds[type];
    return { type, message: redactText(error.message), refusal, retryAfterMs, facts };
  }
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { type: name, message: redactText(message), refusal: false, retryAfterMs: undefined, facts: {} };
}

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
