import type { Pool } from 'pg';
import type { RelayConfig } from '../config/config.ts';
import { claim } from '../db/outbox-queue.ts';
import { backoffMs } from '../domain/policies.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createAlarm } from './alarm.ts';
import {
  engineKinds,
  isEngineEntry,
  isSaleEntry,
  saleKinds,
  type EngineEntry,
  type SaleEntry,
} from './deliver/deliver.ts';
import type { Engine } from './engine.ts';
import { busyPollMs, databaseBackoff, idleFactor } from './limits.ts';
import { createTracked } from './tracked.ts';
import { takeInHand, type Path, type Work } from './work.ts';

/** Looks into the outbox again and again, and takes up what is due. */
export interface Poller {
  start(): void;
  /** The next look is due now. */
  wake(): void;
  /** Looks no more; resolves when everything it took up has been delivered or has failed. */
  stop(): Promise<void>;
}

export function createPoller(parts: {
  readonly config: RelayConfig;
  readonly pool: Pool;
  readonly logger: Logger;
  readonly engine: Engine;
  readonly inHand: Map<number, Path>;
  readonly carry: (work: Work<EngineEntry>) => Promise<void>;
  readonly carrySales: (works: readonly Work<SaleEntry>[]) => Promise<void>;
}): Poller {
  const { config, pool, logger, engine, inHand, carry, carrySales } = parts;
  const carried = createTracked();
  const alarm = createAlarm();
  let running = Promise.resolve();
  const stopping = new AbortController();

  async function run(): Promise<void> {
    let pauseMs = busyPollMs;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const taken = await takeUp();
        failures = 0;
        pauseMs = taken > 0 ? busyPollMs : Math.min(pauseMs * idleFactor, config.idlePollMs);
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ event: 'outboxNotRead', err: error }, 'the outbox cannot be read');
        pauseMs = backoffMs(databaseBackoff, failures, Math.random());
      }
      const rung = await alarm.wait(pauseMs, busyPollMs);
      if (rung) pauseMs = busyPollMs;
    }
  }

  /** Takes up what is due, as far as there is room; gives how many entries that were. */
  async function takeUp(): Promise<number> {
    const room = Math.min(config.batchSize, config.concurrency - carried.size);
    if (room <= 0) return 0;
    const kinds = engine.up ? [...engineKinds, ...saleKinds] : saleKinds;
    const claimed = await claim(pool, kinds, room, config.leaseMs);
    // Of what this process has in hand already, only the lease is longer now.
    const entries = claimed.filter(({ id }) => !inHand.has(id));
    for (const { id } of entries) inHand.set(id, 'poll');
    for (const entry of entries.filter(isEngineEntry)) carried.add(carry(takeInHand(entry, 'poll')));
    const sales = entries.filter(isSaleEntry).map((entry) => takeInHand(entry, 'poll'));
    if (sales.length > 0) carried.add(carrySales(sales));
    return entries.length;
  }

  return {
    start() {
      running = run();
    },
    wake: () => alarm.ring(),
    async stop() {
      stopping.abort();
      alarm.ring();
      await running;
      await carried.idle();
    },
  };
}
