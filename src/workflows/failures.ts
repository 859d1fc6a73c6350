import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { isRefusalType, type RefusalType } from '../domain/failures.ts';

export interface Refusal {
  readonly type: RefusalType;
  /** For people, without personal data. */
  readonly detail: string;
}

/** The refusal that an activity answered with, told by its type; undefined for any other failure. */
export function refusalOf(error: unknown): Refusal | undefined {
  // A local activity's failure comes without the ActivityFailure around it.
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || !isRefusalType(cause.type)) return undefined;
  return { type: cause.type, detail: cause.message };
}

/** Why an activity has given up, in the words of its type: `ProviderUnavailable`, `timed out`. */
export function reasonOf(error: ActivityFailure): string {
  const { cause } = error;
  if (cause instanceof TimeoutFailure) return 'timed out';
  return cause instanceof ApplicationFailure && cause.type ? cause.type : 'failed';
}
