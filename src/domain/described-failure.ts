import { Failure, failureKinds } from './failures.ts';
import { redactText } from './redact.ts';
import { storable } from './storable.ts';

/** What an attempt failed with, as it is logged, recorded and told to the workflow. */
export interface DescribedFailure {
  readonly type: string;
  /** Without personal data or secrets, at most `maxFailureCharacters` long. */
  readonly message: string;
  readonly refusal: boolean;
  readonly retryAfterMs: number | undefined;
  readonly facts: Failure['facts'];
}

/** A message is kept for each attempt, and is read by people; what is longer is cut. */
export const maxFailureCharacters = 2_000;
const maxTypeCharacters = 100;

/** Beyond this much even looking for what has to be hidden takes too long. */
const maxReadCharacters = 50 * maxFailureCharacters;

/** How far down the causes of an error are told. */
const deepestCause = 3;

export function describeFailure(error: unknown): DescribedFailure {
  if (error instanceof Failure) {
    const { type, facts, retryAfterMs } = error;
    const { refusal } = failureKinds[type];
    return { type, message: presentable(error.message), refusal, retryAfterMs, facts };
  }
  return {
    type: storable(error instanceof Error ? error.name : 'Error', maxTypeCharacters),
    message: presentable(wordsOf(error)),
    refusal: false,
    retryAfterMs: undefined,
    facts: {},
  };
}

function presentable(text: string): string {
  return storable(redactText(text.slice(0, maxReadCharacters)), maxFailureCharacters);
}

/** What it says, and after it what its causes say: `fetch failed: connect ECONNREFUSED 10.0.0.1:80`. */
function wordsOf(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return textOf(thrown);
  const { message, cause } = thrown;
  const causes: unknown[] = thrown instanceof AggregateError && message === '' ? thrown.errors : [cause];
  const told = depth < deepestCause ? causes.filter((one) => one instanceof Error) : [];
  return [message, ...told.map((one) => wordsOf(one, depth + 1))].filter((words) => words !== '').join(': ');
}

/** Anything can be thrown, even what cannot be made a string. */
function textOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return JSON.stringify(thrown);
  } catch {
    return 'an object that is no error';
  }
}
