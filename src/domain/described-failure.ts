import { Failure, failureKinds } from './failures.ts';
import { redactText } from './redact.ts';

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
