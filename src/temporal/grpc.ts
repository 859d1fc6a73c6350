import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that are told apart here (grpc.io/docs/guides/status-codes). */
export const grpcCode = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The status of a call that failed, which the SDK may have wrapped; undefined when it is no gRPC error. */
export function grpcCodeOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCodeOf(error.cause) : undefined;
}

/** What the server said, shorter than the SDK's message around it. */
export function grpcDetails(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details || error.message;
  if (error instanceof Error && error.cause !== undefined) return grpcDetails(error.cause);
  return error instanceof Error ? error.message : String(error);
}
