import type { FailureConverter, ProtoFailure } from '@temporalio/common';
import { isUndecodableKind } from '../domain/undecodable.ts';
import { RedactingFailureConverter } from './failure-converter.ts';

/** Turns what failures say into payloads, which a codec then encrypts. Their types stay readable. */
class EncodingFailureConverter extends RedactingFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override errorToFailure(...args: Parameters<FailureConverter['errorToFailure']>): ProtoFailure {
    const [error] = args;
    // Whoever lacks a key reads which one only in clear text.
    return error instanceof Error && tellsOfPayload(error)
      ? this.errorToFailureInner(...args)
      : super.errorToFailure(...args);
  }
}

function tellsOfPayload(error: Error): boolean {
  return isUndecodableKind(error.name) || ('type' in error && isUndecodableKind(String(error.type)));
}

/** The SDK looks for it under this name, in the workflow bundle, the worker and the clients. */
export const failureConverter: FailureConverter = new EncodingFailureConverter();
