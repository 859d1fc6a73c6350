import type { Pool } from 'pg';
import { endExpired, letDueIn } from '../../db/jobs/due.ts';
import type { Events } from '../../telemetry/events.ts';
import { clockBatch, clockEveryMs } from './limits.ts';

/** Does what time alone brings about: lets jobs in that fall due, and ends those that have expired. */
export interface Clock {
  start(): void;
  stop(): void;
}

/** `onDue` is called when there are jobs that may be dispatched now. */
export function createClock(parts: {
  readonly pool: Pool;
  readonly events: Pick<Events, 'jobEnded'>;
  readonly onDue: () => void;
}): Clock {
  const { pool, events, onDue } = parts;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function tick(): Promise<void> {
    let more = false;
    try {
      const due = await letDueIn(pool, clockBatch);
      if (due > 0) onDue();
      const expired = await endExpired(pool, clockBatch);
      for (const ended of expired) events.jobEnded(ended);
      more = due >= clockBatch || expired.length >= clockBatch;
    } catch {
      // The dispatcher meets the same and says so.
    }
    if (!stopped) timer = setTimeout(() => void tick(), more ? 0 : clockEveryMs).unref();
  }

  return {
    start: () => void tick(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
