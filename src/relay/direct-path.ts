import type { RelayConfig } from '../config/config.ts';
import type { OutboxMessage } from '../db/outbox.ts';
import type { EngineEntry } from './deliver/deliver.ts';
import type { Engine } from './engine.ts';
import type { Settler } from './settler.ts';
import { createTracked } from './tracked.ts';
import { takeInHand, type Path, type Work } from './work.ts';

/** The message by which an order's workflow is started: the first of its lane, so it can go out unlooked-for. */
export type StartOrder = Extract<OutboxMessage, { kind: 'start_order' }>;

/** The way from a commit straight to Temporal, without a look at the outbox. */
export interface DirectPath {
  deliverNow(entryId: number, orderId: string, message: StartOrder): void;
  /** Gives back what still waits for its turn, and takes nothing more. */
  stop(): void;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

export function createDirectPath(parts: {
  readonly config: RelayConfig;
  readonly engine: Engine;
  readonly settler: Settler;
  readonly inHand: Map<number, Path>;
  readonly carry: (work: Work<EngineEntry>) => Promise<void>;
}): DirectPath {
  const { config, engine, settler, inHand, carry } = parts;
  const waiting: Work<EngineEntry>[] = [];
  const carried = createTracked(next);
  let stopped = false;

  function next(): void {
    while (carried.size < config.concurrency) {
      const work = waiting.shift();
      if (!work) return;
      // Too late to end within its lease: by then another relay may have it.
      if (performance.now() - work.takenUpAt > config.leaseMs - config.callTimeoutMs) continue;
      inHand.set(work.entry.id, 'direct');
      carried.add(carry(work));
    }
  }

  return {
    deliverNow(entryId, orderId, message) {
      if (stopped || !engine.up) {
        settler.giveBack(entryId);
        return;
      }
      // When there are too many, giving them back would only add to the load; their leases end by themselves.
      if (waiting.length > config.bufferSize) return;
      waiting.push(takeInHand({ id: entryId, orderId, ...message, attempts: 0, ageMs: 0 }, 'direct'));
      next();
    },
    stop() {
      stopped = true;
      settler.giveBack(...waiting.splice(0).map(({ entry }) => entry.id));
    },
    idle: () => carried.idle(),
  };
}
