import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addressOf } from '../support/backing-services.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createCaller } from './call.ts';
import { idsOnce, openEvents } from './event-client.ts';
import { makeKey } from './make-key.ts';
import { newOrder, seedShop } from './shop.ts';

const main = new URL('../../src/api/main.ts', import.meta.url).pathname;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedShop(database.pool);
});
afterAll(() => database.drop());

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function start(variables: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: addressOf('TEST_TEMPORAL_ADDRESS'),
      PORT: '0',
      LOG_FORMAT: 'json',
      STRIPE_API_KEY: 'sk_test_x',
      STRIPE_WEBHOOK_SECRET: 'whsec_x',
      EASYPOST_API_KEY: 'EZTK_x',
      EASYPOST_WEBHOOK_SECRET: 'x',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'orders@shop.test',
      FILES_URL: 's3://files',
      FILES_SIGNING_KEY: 'k'.repeat(32),
      ...variables,
    },
  });
  running.push(child);
  return child;
}

/** Reads the log until a line says what is looked for; gives every line up to it. */
async function logUntil(child: ChildProcess, event: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    const entry: Record<string, unknown> = JSON.parse(line);
    lines.push(entry);
    if (entry['event'] === event) return lines;
  }
  throw new Error(`the process ended without ${event}: ${JSON.stringify(lines)}`);
}

async function errorOutput(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(child, 'close');
  return text;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'takes orders, says that everybody may, and ends with 0 on %s',
  async (signal) => {
    const child = start({ RELAY_BATCHES: '5' });
    const log = await logUntil(child, 'listening');
    expect(log).toContainEqual(expect.objectContaining({ event: 'openAccess', level: 'warn' }));
    expect(log).toContainEqual(
      expect.objectContaining({ event: 'variableUnknown', name: 'RELAY_BATCHES', nearest: 'RELAY_BATCH' }),
    );
    const url = String(log.at(-1)?.['url']);
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(newOrder()),
    });
    expect(answer.status).toBe(202);
    child.stdout?.resume();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

const patience = { timeout: 20_000 };

async function countOrders(): Promise<number> {
  return (await database.pool.query('select from orders')).rowCount ?? 0;
}

test('sends its streams on and answers whoever waits when it is told to end, and does not wait for them', async () => {
  const child = start({ SHUTDOWN_GRACE_MS: '600000' });
  const log = await logUntil(child, 'listening');
  const url = String(log.at(-1)?.['url']);
  const { body } = await createCaller(url)('POST /orders', { json: newOrder() });
  const stream = await openEvents(url, body.orderId);
  expect(await idsOnce(stream, 1)).toEqual([1]);
  const before = await countOrders();
  const waiting = createCaller(url)('POST /orders', { json: newOrder(), headers: { prefer: 'wait=30' } });
  await expect.poll(countOrders).toBe(before + 1);
  child.stdout?.resume();
  child.kill('SIGTERM');
  expect((await waiting).status).toBe(202);
  expect(await stream.ended).toBe('finished');
  expect(stream.retries).toHaveLength(2);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('shows for a while that it is ending, and serves whoever comes all the same, before it takes no more', async () => {
  const child = start({ SHUTDOWN_DRAIN_MS: '4000', SHUTDOWN_GRACE_MS: '20000' });
  const url = String((await logUntil(child, 'listening')).at(-1)?.['url']);
  const { hostname, port } = new URL(url);
  const halfSent = connect(Number(port), hostname);
  const body = JSON.stringify(newOrder());
  halfSent.write(
    `POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  child.stdout?.resume();
  child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
  const answer = await createCaller(url)('POST /orders', { json: newOrder() });
  expect([answer.status, answer.headers.get('connection')]).toEqual([202, 'close']);
  await expect
    .poll(
      () =>
        fetch(`${url}/livez`).then(
          () => 'taken',
          () => 'refused',
        ),
      patience,
    )
    .toBe('refused');
  halfSent.write(body);
  const [received] = await once(halfSent, 'data');
  expect(String(received)).toMatch(/^HTTP\/1.1 202 /);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('does not start in production without an API key', async () => {
  const child = start({ NODE_ENV: 'production' });
  expect(await errorOutput(child)).toContain('in production (NODE_ENV) the API does not start without one');
  expect(child.exitCode).toBe(1);
});

test('starts locked, and says so, where Postgres does not answer', async () => {
  const child = start({ NODE_ENV: 'production', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  const log = await logUntil(child, 'listening');
  expect(log).toContainEqual(expect.objectContaining({ event: 'keysNotRead', level: 'warn' }));
  expect((await fetch(`${String(log.at(-1)?.['url'])}/products`)).status).toBe(401);
});

test.each(['0.0.0.0', '::'])('does not listen on %s without an API key', async (host) => {
  const child = start({ HOST: host });
  expect(await errorOutput(child)).toContain(`a loopback address only, which HOST=${host} is not`);
  expect(child.exitCode).toBe(1);
});

describe('with an API key', () => {
  beforeAll(async () => {
    await makeKey(database.pool, ['orders:read']);
  });

  test('starts in production and beyond this machine, locked', async () => {
    const child = start({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    const log = await logUntil(child, 'listening');
    expect(log.map(({ event }) => event)).not.toContain('openAccess');
    const port = new URL(String(log.at(-1)?.['url'])).port;
    expect((await fetch(`http://127.0.0.1:${port}/products`)).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });

  test('says on a loopback address as well that it is locked', async () => {
    const child = start();
    const log = await logUntil(child, 'listening');
    expect(log.map(({ event }) => event)).not.toContain('openAccess');
    expect((await fetch(`${String(log.at(-1)?.['url'])}/products`)).status).toBe(401);
  });
});
