import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enqueueJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { createJobDispatcher } from '../../src/relay/jobs/dispatcher.ts';
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

it('hands over what it has taken out of the queue although its next look fails', async () => {
  const enqueue = async (type: typeof plain) =>
    transaction(shop.pool, (tx) => enqueueJob(tx, type, { input: {}, requestedBy: 'test' }));
  await enqueue(limited);
  const { jobId } = await enqueue(plain);
  const metrics = createMetrics();
  const dispatcher = createJobDispatcher({
    config: {
      ...relayConfig,
      callTimeoutMs: 10_000,
      ahead: { jobs: 10, heavy: 10 },
      batches: { cleanup: 1, export: 1 },
    },
    pool: withoutTransactions(shop.pool),
    temporal: shop.temporal,
    isTemporalUp: () => true,
    isTemporalStillUp: async () => true,
    types: [plain, limited],
    logger,
    metrics,
    events: createEvents(logger, metrics),
  });
  dispatcher.start();
  try {
    await expect.poll(() => statusOfRun(jobId)).toBe('RUNNING');
  } finally {
    await dispatcher.drain(5_000);
  }
});
