import { isQueueName, queueNames, type QueueName } from '../domain/queue.ts';
import type { Env } from './env.ts';
import { listOf, maybe, rate, whole } from './fields.ts';

/** How a process serves a queue. */
export interface QueueConfig {
  /** Attempts of activities under way at once. */
  readonly concurrency: number;
  /** Attempts that it begins in a second; null for as many as there are. */
  readonly perSecond: number | null;
  /** The same of all processes together, held by Temporal. */
  readonly perSecondInAll: number | null;
  /** Questions for work that are open at once. */
  readonly pollers: number;
  /** The most attempts of a job in a round, whatever its type allows; null for what that says, and for other queues. */
  readonly attempts: number | null;
}

/** The variables of the queues, with their limits; where a default is not here it is in `unlessSaid`. */
export const queueVariables = {
  WORKER_QUEUES: listOf(queueNames, isQueueName),

  WORKER_ORDERS_CONCURRENCY: whole(1, 10_000, 100),
  WORKER_ORDERS_PER_SECOND: rate(),
  WORKER_ORDERS_PER_SECOND_IN_ALL: rate(),
  WORKER_ORDERS_POLLERS: maybe(2, 100),

  WORKER_NOTICES_CONCURRENCY: whole(1, 10_000, 20),
  WORKER_NOTICES_PER_SECOND: rate(),
  WORKER_NOTICES_PER_SECOND_IN_ALL: rate(),
  WORKER_NOTICES_POLLERS: maybe(1, 100),

  WORKER_WEBHOOKS_CONCURRENCY: whole(1, 10_000, 50),
  WORKER_WEBHOOKS_PER_SECOND: rate(),
  WORKER_WEBHOOKS_PER_SECOND_IN_ALL: rate(),
  WORKER_WEBHOOKS_POLLERS: maybe(1, 100),

  WORKER_JOBS_CONCURRENCY: whole(1, 10_000, 50),
  WORKER_JOBS_PER_SECOND: rate(),
  WORKER_JOBS_PER_SECOND_IN_ALL: rate(),
  WORKER_JOBS_POLLERS: maybe(2, 100),
  WORKER_JOBS_ATTEMPTS: maybe(1, 1_000),

  // Exports take two of them for as long as they run; the others are for photos and summaries.
  WORKER_HEAVY_CONCURRENCY: whole(1, 1_000, 4),
  WORKER_HEAVY_PER_SECOND: rate(),
  WORKER_HEAVY_PER_SECOND_IN_ALL: rate(),
  WORKER_HEAVY_POLLERS: maybe(1, 100),
  WORKER_HEAVY_ATTEMPTS: maybe(1, 1_000),

  // The parts of a pass of the reconciler follow each other; the other slots are for alerts, which must not wait for one.
  WORKER_MAINTENANCE_CONCURRENCY: whole(1, 10_000, 8),
  WORKER_MAINTENANCE_PER_SECOND: rate(),
  WORKER_MAINTENANCE_PER_SECOND_IN_ALL: rate(),
  WORKER_MAINTENANCE_POLLERS: maybe(1, 100),
};

/** As many pollers as that, but never more than there are slots, where no variable says how many. */
const unlessSaid: Record<QueueName, number> = {
  orders: 5,
  notices: 5,
  webhooks: 5,
  jobs: 5,
  heavy: 2,
  maintenance: 2,
};

/** How this process serves each queue that it serves. */
export function queuesFrom(env: Env): Partial<Record<QueueName, QueueConfig>> {
  return Object.fromEntries(env.WORKER_QUEUES.map((queue) => [queue, queueFrom(env, queue)]));
}

function queueFrom(env: Env, queue: QueueName): QueueConfig {
  const { concurrency, perSecond, perSecondInAll, pollers } = variablesOf(env, queue);
  return {
    concurrency,
    perSecond: perSecond ?? null,
    perSecondInAll: perSecondInAll ?? null,
    pollers: pollers ?? Math.min(unlessSaid[queue], concurrency),
    attempts: attemptsOf(env, queue) ?? null,
  };
}

function variablesOf(env: Env, queue: QueueName) {
  const name = nameOf(queue);
  return {
    concurrency: env[`WORKER_${name}_CONCURRENCY`],
    perSecond: env[`WORKER_${name}_PER_SECOND`],
    perSecondInAll: env[`WORKER_${name}_PER_SECOND_IN_ALL`],
    pollers: env[`WORKER_${name}_POLLERS`],
  };
}

function attemptsOf(env: Env, queue: QueueName): number | undefined {
  if (queue === 'jobs') return env.WORKER_JOBS_ATTEMPTS;
  return queue === 'heavy' ? env.WORKER_HEAVY_ATTEMPTS : undefined;
}

/** What is wrong between variables of a queue, each of which is right by itself. */
export function queueProblems(env: Env): string[] {
  return queueNames.flatMap((queue) => {
    const { concurrency, perSecond, perSecondInAll, pollers } = variablesOf(env, queue);
    const prefix = `WORKER_${nameOf(queue)}`;
    return [
      ...(pollers !== undefined && pollers > concurrency
        ? [`${prefix}_POLLERS must not be above ${prefix}_CONCURRENCY, which is ${concurrency}`]
        : []),
      ...(perSecond !== undefined && perSecondInAll !== undefined && perSecond > perSecondInAll
        ? [`${prefix}_PER_SECOND must not be above ${prefix}_PER_SECOND_IN_ALL`]
        : []),
    ];
  });
}

const upper = {
  orders: 'ORDERS',
  notices: 'NOTICES',
  webhooks: 'WEBHOOKS',
  jobs: 'JOBS',
  heavy: 'HEAVY',
  maintenance: 'MAINTENANCE',
} as const satisfies Record<QueueName, string>;

const nameOf = <Queue extends QueueName>(queue: Queue): (typeof upper)[Queue] => upper[queue];
