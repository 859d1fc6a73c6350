import type { Pool } from 'pg';
import { statistics } from '../db/outbox-queue.ts';
import { countEveryMs, countRestFactor } from './limits.ts';

/** Counts the outbox now and then, so that whoever wants to know how deep it is need not. */
export interface DepthWatch {
  /** As last counted; none before that. */
  readonly current: number;
  start(): void;
  stop(): void;
}

/** What cannot be counted stays as it was: while Postgres is away nothing is accepted anyway. */
export function watchDepth(
  pool: Pool,
  alertAfterAttempts: number,
  everyMs: number = countEveryMs,
): DepthWatch {
  let current = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function count(): Promise<void> {
    const startedAt = performance.now();
    try {
      ({ depth: current } = await statistics(pool, alertAfterAttempts));
    } catch {
      // The poller meets the same and says so.
    }
    const tookMs = performance.now() - startedAt;
    if (!stopped) timer = setTimeout(() => void count(), Math.max(everyMs, tookMs * countRestFactor)).unref();
  }

  return {
    get current() {
      return current;
    },
    start: () => void count(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
