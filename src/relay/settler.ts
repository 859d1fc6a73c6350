import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { putOff, release, remove, type PutOff } from '../db/outbox-queue.ts';
import { Failure } from '../domain/failures.ts';
import { backoffMs } from '../domain/policies.ts';
import type { Logger } from '../telemetry/logger.ts';
import { databaseBackoff, settleAfterMs } from './limits.ts';

/** Writes down how deliveries ended, many in one statement. */
export interface Settler {
  delivered(...ids: number[]): void;
  putOff(failure: PutOff): void;
  /** Back into the outbox, untried. */
  giveBack(...ids: number[]): void;
  /** Resolves when everything so far has been written. */
  settled(): Promise<void>;
}

interface Outcomes {
  delivered: number[];
  putOff: PutOff[];
  giveBack: number[];
}

/** `onWritten` hears of the entries that were written down, whatever their outcome. */
export function createSettler(
  pool: Pool,
  logger: Logger,
  onWritten: (ids: readonly number[]) => void,
): Settler {
  let next: Outcomes = none();
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    await pause(settleAfterMs);
    while (idsOf(next).length > 0) {
      const outcomes = next;
      next = none();
      await writePatiently(outcomes);
      onWritten(idsOf(outcomes));
    }
    writing = null;
  }

  async function writePatiently(outcomes: Outcomes): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (outcomes.delivered.length > 0) await remove(pool, outcomes.delivered);
        if (outcomes.putOff.length > 0) await putOff(pool, outcomes.putOff);
        if (outcomes.giveBack.length > 0) await release(pool, outcomes.giveBack);
        return;
      } catch (error) {
        if (!(error instanceof Failure) || error.type !== 'DatabaseUnavailable') {
          // Their leases end, and they are delivered again.
          logger.error(
            { event: 'outboxNotSettled', err: error },
            'outcomes of deliveries were not written down',
          );
          return;
        }
        await pause(backoffMs(databaseBackoff, attempt, Math.random()));
      }
    }
  }

  function add(change: (outcomes: Outcomes) => void): void {
    change(next);
    writing ??= write();
  }

  return {
    delivered: (...ids) => add((outcomes) => outcomes.delivered.push(...ids)),
    putOff: (failure) => add((outcomes) => outcomes.putOff.push(failure)),
    giveBack: (...ids) => add((outcomes) => outcomes.giveBack.push(...ids)),
    async settled() {
      await writing;
    },
  };
}

function none(): Outcomes {
  return { delivered: [], putOff: [], giveBack: [] };
}

function idsOf({ delivered, putOff: failures, giveBack }: Outcomes): number[] {
  return [...delivered, ...failures.map(({ id }) => id), ...giveBack];
}
