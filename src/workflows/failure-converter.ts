import { DefaultFailureConverter, type FailureConverter, type ProtoFailure } from '@temporalio/common';
import { redactText } from '../domain/redact.ts';

/** Keeps personal data and secrets out of histories: every message and stack trace is redacted on its way in (law 12). */
export class RedactingFailureConverter extends DefaultFailureConverter {
  // The causes come through here too, one by one, and all of it before anything is encoded.
  override errorToFailureInner(...args: Parameters<FailureConverter['errorToFailure']>): ProtoFailure {
    const failure = super.errorToFailureInner(...args);
    return {
      ...failure,
      ...(failure.message && { message: redactText(failure.message) }),
      ...(failure.stackTrace && { stackTrace: redactText(failure.stackTrace) }),
    };
  }
}

/** The SDK looks for it under this name, in the workflow bundle, the worker and the clients. */
export const failureConverter: FailureConverter = new RedactingFailureConverter();
