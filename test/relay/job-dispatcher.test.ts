import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enqueueJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { createJobDispatcher, type JobDispatcher } from '../../src/relay/jobs/dispatcher.ts';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { readyTemporal } from '../../src/temporal/ready.ts';
import { testType } from '../jobs/types.ts';
import { openShop, relayConfig, type Shop } from './shop.ts';

const plain = testType('plain');
const limited = testType('one-at-once', { concurrency: 1 });
const logger = createLogger({ level: 'fatal', format: 'json' }, {});

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  const { client, namespace } = shop.temporal;
  await readyTemporal(client.connection, namespace, logger);
});
afterAll(() => shop.close());

/** The database, which carries out statements by themselves, and no transactions. */
function withoutTransactions(pool: Pool): Pool {
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return async () => Promise.reject(new Error('no connection to be had'));
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function statusOfRun(jobId: string): Promise<string | null> {
  const run = shop.temporal.client.workflow.getHandle(jobWorkflowId(jobId, 1));
  const description = await run.describe().catch(() => null);
  return description?.status.name ?? null;
}

async function enqueue(type: typeof plain): Promise<string> {
  const { jobId } = await transaction(shop.pool, (tx) =>
    enqueueJob(tx, type, { input: {}, requestedBy: 'test' }),
  );
  return jobId;
}

function dispatcherOver(pool: Pool, metrics = createMetrics()): JobDispatcher {
  return createJobDispatcher({
    config: {
      ...relayConfig,
      callTimeoutMs: 10_000,
      ahead: { jobs: 10, heavy: 10 },
      batches: { cleanup: 1, export: 1 },
    },
    pool,
    temporal: shop.temporal,
    isTemporalUp: () => true,
    isTemporalStillUp: async () => true,
    types: [plain, limited],
    logger,
    metrics,
    events: createEvents(logger, metrics),
  });
}

it('hands over what it has taken out of the queue although its next look fails', async () => {
  await enqueue(limited);
  const jobId = await enqueue(plain);
  const dispatcher = dispatcherOver(withoutTransactions(shop.pool));
  dispatcher.start();
  try {
    await expect.poll(() => statusOfRun(jobId)).toBe('RUNNING');
  } finally {
    await dispatcher.drain(5_000);
  }
});

it('counts how long a job has waited once, however often it is handed over', async () => {
  const jobId = await enqueue(plain);
  const metrics = createMetrics();
  const dispatcher = dispatcherOver(shop.pool, metrics);
  async function isLeased(): Promise<boolean> {
    const { rows } = await shop.pool.query(
      'select leased_until > clock_timestamp() as leased from jobs where id = $1',
      [jobId],
    );
    return rows[0].leased;
  }
  dispatcher.start();
  try {
    await expect.poll(isLeased).toBe(true);
    await shop.pool.query('update jobs set leased_until = clock_timestamp() where id = $1', [jobId]);
    await expect.poll(isLeased).toBe(true);
  } finally {
    await dispatcher.drain(5_000);
  }
  expect(await metrics.collect()).toContain('job_wait_seconds_count{type="plain"} 1\n');
});
