import { expect } from 'vitest';

/** How long a state may take to come on a busy machine. */
const waitMs = 15_000;

/** Asks again and again until what follows holds. */
export function eventually<T>(ask: () => T) {
  return expect.poll(ask, { timeout: waitMs });
}
