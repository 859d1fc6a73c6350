import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, type Backoff } from '../domain/policies.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Between two tries to reach what is not there yet. */
const retry: Backoff = { firstMs: 100, factor: 2, maxMs: 2_000 };

/** How often somebody who waits says so. */
const sayEveryMs = 10_000;

/**
 * Tries again and again until it works, and says now and then what it waits for. Throws what `isHopeless` says no waiting
 * will help with, and an AbortError when `signal` is aborted.
 */
export async function untilThere<T>(
  what: string,
  attempt: () => Promise<T>,
  isHopeless: (error: unknown) => boolean,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<T> {
  const since = performance.now();
  let saidAt = -Infinity;
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (isHopeless(error)) throw error;
      const now = performance.now();
      if (now - saidAt >= sayEveryMs) {
        saidAt = now;
        const waitedMs = Math.round(now - since);
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ event: 'waitingFor', what, waitedMs, reason }, `waiting for ${what}`);
      }
      await pause(backoffMs(retry, tries, Math.random()), undefined, { signal });
    }
  }
}
