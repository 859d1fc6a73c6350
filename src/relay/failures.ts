import { NamespaceNotFoundError } from '@temporalio/common';
import { Failure } from '../domain/failures.ts';
import { redactText } from '../domain/redact.ts';
import type { FailureFact } from '../telemetry/events.ts';
import { grpcCode, grpcCodeOf, grpcDetails } from '../temporal/grpc.ts';

/**
 * Whose failure it is. `temporal`: perhaps that of the whole server, which is asked then. `database`: ours, for the time
 * being. `entry`: this entry's own, and it may pass. `hopeless`: this entry is not wanted as it is, so nothing helps until
 * somebody has looked.
 */
export type Blame = 'temporal' | 'database' | 'entry' | 'hopeless';

const temporalCodes = new Set<number>([
  grpcCode.unavailable,
  grpcCode.deadlineExceeded,
  grpcCode.resourceExhausted,
  grpcCode.cancelled,
  grpcCode.unauthenticated,
  grpcCode.permissionDenied,
  grpcCode.unimplemented,
]);

const hopelessCodes = new Set<number>([
  grpcCode.invalidArgument,
  grpcCode.failedPrecondition,
  grpcCode.outOfRange,
]);

export function blameFor(error: unknown): Blame {
  if (error instanceof Failure) return error.type === 'DatabaseUnavailable' ? 'database' : 'entry';
  if (error instanceof NamespaceNotFoundError) return 'temporal';
  const code = grpcCodeOf(error);
  if (code !== undefined && temporalCodes.has(code)) return 'temporal';
  // Without a code it is a value that cannot be encoded, or a statement that the database refuses.
  return code === undefined || hopelessCodes.has(code) ? 'hopeless' : 'entry';
}

export function describeFailure(error: unknown): FailureFact {
  const code = grpcCodeOf(error);
  const named = Object.entries(grpcCode).find(([, value]) => value === code)?.[0];
  const name = error instanceof Failure ? error.type : error instanceof Error ? error.name : typeof error;
  return {
    failureType: code === undefined ? name : `grpc.${named ?? code}`,
    failureMessage: redactText(grpcDetails(error)),
  };
}
