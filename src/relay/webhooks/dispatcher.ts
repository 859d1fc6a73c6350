import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RelayConfig } from '../../config/config.ts';
import { takeDue } from '../../db/webhooks/destinations.ts';
import { deliveryStatistics } from '../../db/webhooks/deliveries.ts';
import { backoffMs } from '../../domain/policies.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { createAlarm } from '../alarm.ts';
import { busyPollMs, databaseBackoff, idleFactor } from '../limits.ts';
import { turnAskedMs, turnsAtOnce } from './limits.ts';
import { startTurn } from './start-turn.ts';

/** Has webhooks sent once they are due: begins a turn wherever something is and nobody sees to it. */
export interface WebhookDispatcher {
  start(): void;
  /** Something has become due: it is looked for without waiting for the pause to end. */
  wake(): void;
  /** Begins no more turns; resolves when those that it was beginning have begun, after `timeoutMs` at most. */
  drain(timeoutMs: number): Promise<void>;
}

export interface WebhookDispatcherParts {
  readonly config: Pick<RelayConfig, 'idlePollMs' | 'callTimeoutMs'>;
  readonly pool: Pool;
  readonly temporal: Temporal;
  /** While Temporal is away nothing is begun. */
  readonly isTemporalUp: () => boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createWebhookDispatcher(parts: WebhookDispatcherParts): WebhookDispatcher {
  const { config, pool, temporal, isTemporalUp, logger, metrics } = parts;
  const alarm = createAlarm();
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  metrics.beforeCollect(async () => {
    const { pending, longestDueMs } = await deliveryStatistics(pool);
    metrics.webhooksPending.set(pending);
    metrics.webhooksLongestDue.set(longestDueMs / 1_000);
  });

  async function run(): Promise<void> {
    let pauseMs = busyPollMs;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const begun = isTemporalUp() ? await beginTurns() : 0;
        failures = 0;
        pauseMs = begun > 0 ? busyPollMs : Math.min(pauseMs * idleFactor, config.idlePollMs);
      } catch (error) {
        failures += 1;
        if (failures === 1)
          logger.warn({ event: 'webhooksNotBegun', err: error }, 'webhooks that are due cannot be begun');
        pauseMs = backoffMs(databaseBackoff, failures, Math.random());
      }
      if (await alarm.wait(pauseMs, busyPollMs)) pauseMs = busyPollMs;
    }
  }

  /** A start that fails, or whose turn is lost, is made up for once the destination is nobody's any more. */
  async function beginTurns(): Promise<number> {
    const destinations = await takeDue(pool, turnsAtOnce, turnAskedMs);
    const starts = destinations.map((id) =>
      temporal.withTimeout(config.callTimeoutMs, () => startTurn(temporal, id)),
    );
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return destinations.length;
  }

  return {
    start() {
      running = run();
    },
    wake: () => alarm.ring(),
    async drain(timeoutMs) {
      stopping.abort();
      alarm.ring();
      await Promise.race([running, pause(timeoutMs, undefined, { ref: false })]);
    },
  };
}
