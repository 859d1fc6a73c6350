import { Failure, type FailureType } from '../../domain/failures.ts';
import { retryAfterUnavailableSeconds } from '../limits.ts';
import { Problem } from './errors.ts';

/** Of the store: what is there again after a while. */
const passing: ReadonlySet<FailureType> = new Set(['ProviderUnavailable', 'ProviderRateLimited']);

/** What the store of files answers; throws a `files-unavailable` problem while it is out of reach. */
export async function fromStore<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Failure && passing.has(error.type))) throw error;
    const headers = { 'Retry-After': String(retryAfterUnavailableSeconds) };
    throw new Problem('files-unavailable', undefined, { headers, cause: error });
  }
}
