import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../domain/failures.ts';
import { backoffMs, type Backoff } from '../../domain/policies.ts';

const waits: Backoff = { firstMs: 100, factor: 2, maxMs: 1_000 };

/** Below the time that an attempt has for its last words, in milliseconds. */
const patienceMs = 8_000;

/**
 * Writes down how an attempt went, again and again while the database is away: the work itself would cost more to repeat. What
 * is written can be written twice.
 */
export async function patiently<T>(write: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      const away = error instanceof Failure && error.type === 'DatabaseUnavailable';
      if (!away || performance.now() > until) throw error;
      await pause(backoffMs(waits, tries, Math.random()));
    }
  }
}
