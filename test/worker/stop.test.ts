import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import { TemporalTooOld } from '../../src/temporal/server.ts';
import { createWorkerProcess } from '../../src/worker/worker-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';

// A machine that is busy with other tests starts a worker slowly.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let database: TestDatabase;
let temporal: TestTemporal;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [database, temporal] = await Promise.all([createTestDatabase(), connectToTemporal('own')]);
});
afterAll(async () => {
  await temporal.close();
  await database.drop();
});

function contextOf(): Context {
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    LOG_FORMAT: 'json',
    BUILD_ID: 'test',
    METRICS_PORT: '0',
    SHUTDOWN_GRACE_MS: '2000',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    STRIPE_API_KEY: 'sk_test_none',
    STRIPE_WEBHOOK_SECRET: 'whsec_none',
    EASYPOST_API_KEY: 'none',
    EASYPOST_WEBHOOK_SECRET: 'none',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'orders@shop.example',
  });
  return createContext(config, 'worker');
}

test('ends in order when its start fails after workers were made', async () => {
  const context = contextOf();
  // The schedules are the last thing that a start needs; no waiting helps with this.
  context.temporal.client.schedule.create = async () => Promise.reject(new TemporalTooOld('no schedule'));
  const worker = createWorkerProcess(context, []);
  await expect(worker.run()).rejects.toThrow('no schedule');
  await worker.stop();
});

test('ends in order when it is told to in the midst of its start', async () => {
  const context = contextOf();
  const { schedule } = context.temporal.client;
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<never>();
  schedule.create = async () => {
    arrived.resolve();
    return released.promise;
  };
  const worker = createWorkerProcess(context, []);
  const run = worker.run();
  await arrived.promise;
  const stopped = worker.stop();
  released.reject(new Error('told to end'));
  await expect(run).rejects.toThrow('aborted');
  await stopped;
});
