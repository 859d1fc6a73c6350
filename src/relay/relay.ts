import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RelayConfig } from '../config/config.ts';
import { release, statistics } from '../db/outbox-queue.ts';
import type { Events } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Temporal } from '../temporal/connection.ts';
import { answers, readyTemporal } from '../temporal/ready.ts';
import { deliver, type EngineEntry, type SaleEntry } from './deliver/deliver.ts';
import { deliverSales } from './deliver/sales.ts';
import { watchDepth } from './depth.ts';
import { createDirectPath, type StartOrder } from './direct-path.ts';
import { watchEngine } from './engine.ts';
import { prepareTimeoutMs, probeTimeoutMs } from './limits.ts';
import { createOutcomes } from './outcomes.ts';
import { createPoller } from './poller.ts';
import { createSettler } from './settler.ts';
import type { Path, Work } from './work.ts';

/** Brings what the outbox holds to where it belongs: at least once, in order per lane, shared among all relays. */
export interface Relay {
  /**
   * Delivers an entry right after its commit, in the background. The entry was born leased for `config.relay.leaseMs`;
   * where it cannot go out at once, a look at the outbox finds it later.
   */
  deliverNow(entryId: number, orderId: string, message: StartOrder): void;
  /** Says that something was committed: the outbox is looked at without waiting for the pause to end. */
  wake(): void;
  /** As this process knows it; nothing is looked up for it. */
  readonly state: RelayState;
  /** Asks Temporal whether it is there, after a failure that may be its own; once for all that ask meanwhile. */
  isTemporalStillUp(): Promise<boolean>;
  start(): void;
  /** Takes up nothing new, finishes what is under way within `timeoutMs`, and gives the rest back. */
  drain(timeoutMs: number): Promise<void>;
}

export interface RelayState {
  readonly temporalUp: boolean;
  /** Entries not delivered yet, by all relays, as they were last counted. */
  readonly outboxDepth: number;
}

export interface RelayParts {
  readonly config: RelayConfig;
  readonly pool: Pool;
  readonly temporal: Temporal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
}

export function createRelay({ config, pool, temporal, logger, metrics, events }: RelayParts): Relay {
  const { client, namespace } = temporal;
  const inHand = new Map<number, Path>();

  const engine = watchEngine({
    server: temporal.address,
    events,
    prepare: () =>
      temporal.withTimeout(prepareTimeoutMs, () => readyTemporal(client.connection, namespace, logger)),
    probe: () => temporal.withTimeout(probeTimeoutMs, () => answers(client, namespace)),
    onUp: () => poller.wake(),
  });
  const settler = createSettler(pool, logger, (ids) => {
    const anyPolled = ids.some((id) => inHand.get(id) === 'poll');
    for (const id of ids) inHand.delete(id);
    // The next ones of their lanes are free now; behind a start that went out directly there is seldom one.
    if (anyPolled) poller.wake();
  });
  const outcomes = createOutcomes({ config, events, engine, settler });

  async function carry(work: Work<EngineEntry>): Promise<void> {
    try {
      await temporal.withTimeout(config.callTimeoutMs, () => deliver(temporal, events, work));
      outcomes.delivered(work);
    } catch (error) {
      await outcomes.failed(work, error);
    }
  }

  async function carrySales(works: readonly Work<SaleEntry>[]): Promise<void> {
    try {
      await deliverSales(pool, works);
      for (const work of works) outcomes.delivered(work);
    } catch (error) {
      // One by one, so that the one at fault holds up no other.
      if (works.length > 1) for (const work of works) await carrySales([work]);
      else for (const work of works) await outcomes.failed(work, error);
    }
  }

  const direct = createDirectPath({ config, engine, settler, inHand, carry });
  const poller = createPoller({ config, pool, logger, engine, inHand, carry, carrySales });

  const depthWatch = watchDepth(pool, config.alertAfterAttempts);

  metrics.beforeCollect(async () => {
    const { depth, oldestAgeMs, poisoned } = await statistics(pool, config.alertAfterAttempts);
    metrics.outboxDepth.set(depth);
    metrics.outboxOldestAge.set(oldestAgeMs / 1_000);
    metrics.outboxPoisoned.set(poisoned);
  });

  return {
    deliverNow: (entryId, orderId, message) => direct.deliverNow(entryId, orderId, message),
    wake: () => poller.wake(),
    get state() {
      return { temporalUp: engine.up, outboxDepth: depthWatch.current };
    },
    isTemporalStillUp: () => engine.isStillUp(),
    start() {
      depthWatch.start();
      engine.start();
      poller.start();
    },
    async drain(timeoutMs) {
      depthWatch.stop();
      engine.stop();
      direct.stop();
      const finished = (async () => {
        await Promise.all([poller.stop(), direct.idle()]);
        await settler.settled();
      })();
      await Promise.race([finished, pause(timeoutMs, undefined, { ref: false })]);
      if (inHand.size > 0) await release(pool, [...inHand.keys()]);
    },
  };
}
