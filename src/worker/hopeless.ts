import { SearchAttributeConflict } from '../temporal/search-attributes.ts';
import { grpcCode, grpcCodeOf } from '../temporal/grpc.ts';
import { TemporalTooOld } from '../temporal/server.ts';

/** SQLSTATE classes and codes that pass by waiting: connection, resources, starting up or shutting down, no such database yet. */
const passing = /^(08|53|57|3D000)/;

/** A Postgres error that no waiting helps with: a wrong password, a migration that does not run. */
export function isHopelessForPostgres(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E');
  return isSqlState && !passing.test(code);
}

/** A Temporal that answers, and with which the service cannot work. A namespace may still be made by somebody. */
export function isHopelessForTemporal(error: unknown): boolean {
  if (error instanceof TemporalTooOld || error instanceof SearchAttributeConflict) return true;
  const code = grpcCodeOf(error);
  return code === grpcCode.permissionDenied || code === grpcCode.unauthenticated;
}
