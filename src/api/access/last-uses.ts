import type { Pool } from 'pg';
import { noteUses } from '../../db/api-keys.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { noteUsesEveryMs } from '../limits.ts';

/** Notes when keys were last used: all of them together, now and then, and never in a request's way. */
export interface LastUses {
  note(keyId: string): void;
  /** Writes down what is still to be written. */
  close(): Promise<void>;
}

export function createLastUses(pool: Pool, logger: Logger, everyMs: number = noteUsesEveryMs): LastUses {
  let uses = new Map<string, Date>();
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (uses.size === 0) return;
    const noted = uses;
    uses = new Map();
    try {
      await noteUses(
        pool,
        [...noted].map(([id, at]) => ({ id, at })),
      );
    } catch (error) {
      logger.warn({ event: 'keyUsesNotNoted', err: error }, 'when keys were last used was not written down');
    }
  }

  const timer = setInterval(() => {
    writing = write();
  }, everyMs).unref();

  return {
    note: (keyId) => uses.set(keyId, new Date()),
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
