import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { JobsConfig, RelayConfig } from '../../config/config.ts';
import { claim, claimAgain, claimLimited, knowTypes, type ClaimedJob } from '../../db/jobs/queue.ts';
import type { JobRules } from '../../domain/job-type.ts';
import { backoffMs } from '../../domain/policies.ts';
import type { Events } from '../../telemetry/events.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { createAlarm } from '../alarm.ts';
import { databaseBackoff, idleFactor } from '../limits.ts';
import { createTracked } from '../tracked.ts';
import { watchBacklog, type Backlog } from './backlog.ts';
import { createClock } from './clock.ts';
import { watchJobs } from './gauges.ts';
import { createHandOver, type HandOver } from './hand-over.ts';
import { clockBatch, clockEveryMs, dispatchLeaseMs, fullPauseMs, shortestPauseMs } from './limits.ts';

/** Hands jobs to Temporal, as many as it should have: the most urgent and oldest first, shared among all dispatchers. */
export interface JobDispatcher {
  readonly backlog: Pick<Backlog, 'hasRoom' | 'note' | 'due'>;
  /** Says that a job was accepted, or that one may go now: the queue is looked at without waiting for the pause to end. */
  wake(): void;
  start(): void;
  /** Takes nothing more out of the queue, and finishes what is being handed over, within `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

export interface JobDispatcherParts {
  readonly config: Pick<RelayConfig, 'idlePollMs' | 'callTimeoutMs'> & JobsConfig;
  readonly pool: Pool;
  readonly temporal: Temporal;
  /** While Temporal is away no job leaves the queue. */
  readonly isTemporalUp: () => boolean;
  /** Asks Temporal, after a failure that may be its own. */
  readonly isTemporalStillUp: () => Promise<boolean>;
  /** All types that this process knows; jobs of others are left to those who know them. */
  readonly types: readonly JobRules[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
}

export function createJobDispatcher(parts: JobDispatcherParts): JobDispatcher {
  const { config, pool, isTemporalUp, types, logger, metrics, events } = parts;
  const limits = { ahead: config.ahead, leaseMs: dispatchLeaseMs };
  const handing = createTracked();
  const alarm = createAlarm();
  const stopping = new AbortController();
  const backlog = watchBacklog(pool);
  const clock = createClock({ pool, events, onDue: () => alarm.ring() });
  const handOver = createHandOver(parts);
  let running: Promise<void> = Promise.resolve();
  let lookAgainAt = 0;
  let typesKnown = false;
  watchJobs(pool, metrics, types);

  async function run(): Promise<void> {
    let pauseMs = shortestPauseMs;
    let leastMs = shortestPauseMs;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const look = isTemporalUp() ? await takeUp() : nothing;
        failures = 0;
        // Where there is no room for more, some of them have to begin first.
        leastMs = look.full ? fullPauseMs : shortestPauseMs;
        const longestMs = look.waitForOthers ? fullPauseMs : config.idlePollMs;
        pauseMs = look.taken > 0 ? leastMs : Math.min(pauseMs * idleFactor, longestMs);
      } catch (error) {
        failures += 1;
        if (failures === 1)
          logger.warn({ event: 'jobsNotRead', err: error }, 'the queue of jobs cannot be read');
        pauseMs = backoffMs(databaseBackoff, failures, Math.random());
      }
      if (await alarm.wait(pauseMs, leastMs)) pauseMs = shortestPauseMs;
    }
  }

  async function takeUp(): Promise<Look> {
    if (!typesKnown) await knowTypes(pool, types);
    typesKnown = true;
    const again = hand(await takeUpAgain(), 'again');
    const { jobs, full, limited, blocked } = await claim(pool, types, limits);
    const free = hand(jobs, 'first');
    const held = limited ? hand(await claimLimited(pool, types, limits), 'first') : 0;
    return { taken: again + free + held, full, waitForOthers: limited || blocked };
  }

  /** Hands over what was claimed, at once: should the next claim fail, nobody else would for as long as the lease. */
  function hand(...[jobs, claimed]: Parameters<HandOver>): number {
    if (jobs.length > 0) handing.add(handOver(jobs, claimed));
    return jobs.length;
  }

  /** What was handed over in vain, now and then. */
  async function takeUpAgain(): Promise<ClaimedJob[]> {
    const now = performance.now();
    if (now < lookAgainAt) return [];
    lookAgainAt = now + clockEveryMs;
    return claimAgain(pool, types, dispatchLeaseMs, clockBatch);
  }

  return {
    backlog,
    wake: () => alarm.ring(),
    start() {
      backlog.start();
      clock.start();
      running = run();
    },
    async drain(timeoutMs) {
      stopping.abort();
      backlog.stop();
      clock.stop();
      alarm.ring();
      const finished = running.then(() => handing.idle());
      await Promise.race([finished, pause(timeoutMs, undefined, { ref: false })]);
    },
  };
}

interface Look {
  readonly taken: number;
  readonly full: boolean;
  /** Jobs wait for the end of others, which nobody tells of. */
  readonly waitForOthers: boolean;
}

const nothing: Look = { taken: 0, full: false, waitForOthers: false };
