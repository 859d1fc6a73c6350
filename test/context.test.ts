import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { exportOrders } from '../src/activities/jobs/export-orders/type.ts';
import { loadConfig } from '../src/config/config.ts';
import { createContext, type Context, type Overrides } from '../src/context.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { tableOf } from './exports/sample.ts';
import { openLink } from './relay/link.ts';
import { addressOf } from './support/backing-services.ts';
import { keepLines } from './telemetry/lines.ts';

let context: Context | undefined;

afterEach(() => context?.close());

function open(changes: Readonly<Record<string, string>> = {}, overrides: Overrides = {}): Context {
  const config = loadConfig({
    DATABASE_URL: addressOf('TEST_DATABASE_URL'),
    TEMPORAL_ADDRESS: addressOf('TEST_TEMPORAL_ADDRESS'),
    STRIPE_API_KEY: 'sk_test_abcdefgh',
    STRIPE_WEBHOOK_SECRET: 'whsec_a',
    EASYPOST_API_KEY: 'EZTKa',
    EASYPOST_WEBHOOK_SECRET: 'secret',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'orders@shop.example',
    ...changes,
  });
  const logger = createLogger({ level: 'debug', format: 'json' }, {}, keepLines().destination);
  context = createContext(config, 'worker', { logger, ...overrides });
  return context;
}

it('makes each part once, when it is asked for', () => {
  const opened = open();
  for (const part of ['pool', 'payments', 'carriers', 'mailer', 'temporal', 'relay'] as const) {
    expect(opened[part]).toBe(opened[part]);
  }
});

it('connects to nothing by itself', async () => {
  const link = await openLink(addressOf('TEST_TEMPORAL_ADDRESS'));
  const { pool, relay, temporal } = open({
    TEMPORAL_ADDRESS: link.address,
    DATABASE_URL: `postgres://shop@${link.address}/shop`,
  });
  expect(relay).toBeDefined();
  expect(temporal.address).toBe(link.address);
  expect(pool.totalCount).toBe(0);
  await context?.close();
  expect(link.attempts()).toBe(0);
  context = undefined;
  await link.close();
});

it('takes a part that somebody else has made, and leaves it to them', async () => {
  let closed = false;
  const mailer = {
    send: async () => ({ response: 'ok' }),
    ping: async () => undefined,
    close: () => {
      closed = true;
    },
  };
  expect(open({}, { mailer }).mailer).toBe(mailer);
  await context?.close();
  expect(closed).toBe(false);
  context = undefined;
});

it("counts the pool's connections and calls to providers", async () => {
  const { pool, payments, metrics } = open({ STRIPE_API_BASE: 'http://127.0.0.1:1' });
  await pool.query('select 1');
  await expect(payments.retrieve('pi_1')).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  await expect
    .poll(() => metrics.collect())
    .toContain(
      'provider_call_duration_seconds_count{provider="stripe",call="retrieve",outcome="ProviderUnavailable"} 1',
    );
  expect(await metrics.collect()).toContain('database_pool_connections{state="idle"} 1');
});

it('has a helper left for a summary while as many exports are written as may be', async () => {
  const { documents } = open();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  async function* rows() {
    await ended;
    yield '[]';
  }
  const atOnce = Array.from({ length: exportOrders.concurrency ?? 0 });
  const exports = atOnce.map(() => documents.writeTable(tableOf('csv'), rows(), buffer));
  const madeAt = '2026-01-15T09:30:00.000Z';
  const empty = { heading: 'Thursday', madeAt, orders: 'None', sales: [], bestSellers: [], missing: null };
  const summary = await documents.writeSummary(empty);
  expect(Buffer.from(summary).toString('latin1', 0, 5)).toBe('%PDF-');
  end();
  await expect(Promise.all(exports)).resolves.toHaveLength(atOnce.length);
});
