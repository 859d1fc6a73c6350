import type { Repeated } from '../../db/idempotency.ts';
import type { KeptAnswer } from '../endpoint.ts';
import { Problem } from '../problems/errors.ts';
import { retryAfterInFlightSeconds } from '../limits.ts';

/** Whether this request has done something: it was no repeat. */
export function isFirst(repeated: Repeated): boolean {
  return repeated.outcome === 'answered' && !repeated.replay;
}

/** The answer to a request that may be a repeat; throws the problem where there is none to give. */
export function answerOfRepeat(repeated: Repeated): KeptAnswer {
  if (repeated.outcome === 'in_flight') {
    throw new Problem('request-in-flight', undefined, {
      headers: { 'Retry-After': String(retryAfterInFlightSeconds) },
    });
  }
  if (repeated.outcome === 'reused') throw new Problem('idempotency-key-reused');
  const { answer, replay } = repeated;
  const headers = { ...answer.headers, ...(replay && { 'Idempotent-Replay': 'true' }) };
  return { ...answer, headers, kept: true };
}
