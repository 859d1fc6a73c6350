import { grpcCodeOf } from '../temporal/grpc.ts';
import { Problem } from './problems/errors.ts';
import { retryAfterUnavailableSeconds } from './limits.ts';

/** Gives what Temporal answers; throws a `temporal-unavailable` problem where it does not. */
export async function askTemporal<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (grpcCodeOf(error) === undefined) throw error;
    throw new Problem('temporal-unavailable', undefined, {
      headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
      cause: error,
    });
  }
}
