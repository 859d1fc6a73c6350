import type { Pool } from 'pg';
import { renewKeys, type Step } from '../../db/orders/steps.ts';
import { Failure } from '../../domain/failures.ts';
import type { StepName } from '../../domain/order.ts';

/**
 * Stripe keeps idempotency keys for at least 24 hours (docs.stripe.com/api/idempotent_requests); before that we stop
 * trusting ours, so that a retry never meets a forgotten key.
 */
const keyLifetimeMs = 20 * 60 * 60 * 1000;

/** True when a look has to come before the next call: the key may be forgotten, or is not the first. */
export function mustLookFirst(step: Pick<Step, 'keyGeneration' | 'keysIssuedAt'>, now: number): boolean {
  return step.keyGeneration > 1 || keysExpired(step, now);
}

export function keysExpired(step: Pick<Step, 'keysIssuedAt'>, now: number): boolean {
  return now - step.keysIssuedAt.getTime() > keyLifetimeMs;
}

/** The generation of keys to go on with; only after a look, which every caller has taken by then. */
export async function freshGeneration(
  pool: Pool,
  orderId: string,
  step: StepName,
  fence: Pick<Step, 'keyGeneration' | 'keysIssuedAt'>,
): Promise<number> {
  if (!keysExpired(fence, Date.now())) return fence.keyGeneration;
  await renewKeys(pool, orderId, step, fence.keyGeneration);
  return fence.keyGeneration + 1;
}

/**
 * Whether the provider refuses a request under this key for good: it has run the first one with that key, which has made
 * nothing, and answers every other one like that, whatever is put right meanwhile.
 */
export function isStoredRefusal(error: unknown): boolean {
  return error instanceof Failure && error.type === 'Misconfigured' && error.facts['replayed'] === true;
}

/**
 * Makes a call under the step's keys. When the provider replays a stored failure the keys are burnt: the step gets new
 * ones, and the failure is thrown on, so that the next attempt looks first (law 6).
 */
export async function underKeys<T>(
  pool: Pool,
  orderId: string,
  step: StepName,
  generation: number,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isReplayed = error instanceof Failure && error.type === 'ProviderReplayedFailure';
    if (isReplayed || isStoredRefusal(error)) await renewKeys(pool, orderId, step, generation);
    throw error;
  }
}
