import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { addressOf } from '../support/backing-services.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { openLink } from '../relay/link.ts';
import { ask, started } from './ready.ts';
import { spawnNode, type Spawned } from './spawned.ts';

let database: TestDatabase;
const spawned: Spawned[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
});

afterEach(async () => {
  for (const worker of spawned) worker.kill('SIGKILL');
  await Promise.all(spawned.splice(0).map(({ ended }) => ended));
});

afterAll(() => database.drop());

function startWorker(changes: Readonly<Record<string, string>> = {}): Spawned {
  const worker = spawnNode('src/worker/main.ts', {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: addressOf('TEST_TEMPORAL_ADDRESS'),
    METRICS_PORT: '0',
    STRIPE_API_KEY: 'sk_test_planted',
    STRIPE_WEBHOOK_SECRET: 'planted-stripe',
    EASYPOST_API_KEY: 'planted-easypost',
    EASYPOST_WEBHOOK_SECRET: 'planted-webhook',
    SMTP_URL: 'smtp://shop:planted@127.0.0.1:1',
    MAIL_FROM: 'orders@shop.example',
    LOG_LEVEL: 'debug',
    ...changes,
  });
  spawned.push(worker);
  return worker;
}

describe("a worker's process", { timeout: 120_000 }, () => {
  it("migrates, gets ready, shows its metrics with the SDK's, and ends in order when it is told to", async () => {
    const worker = startWorker();
    await expect.poll(() => ask(worker, '/readyz'), started).toMatchObject({ status: 200 });
    expect(await ask(worker, '/livez')).toMatchObject({ status: 200 });
    expect(worker.lines).toContainEqual(expect.objectContaining({ event: 'migrated' }));

    const { body } = await ask(worker, '/metrics');
    expect(body).toMatch(/^temporal_request_total\{/m);
    expect(body).toMatch(/^temporal_worker_task_slots_available\{/m);
    expect(body).toMatch(/^database_pool_connections\{state="idle"\} \d/m);
    const types = body.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(types).size).toBe(types.length);
    expect((await ask(worker, '/secrets')).status).toBe(404);

    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(worker.lines.at(-1)).toMatchObject({ event: 'stopped' });
    expect(worker.errors()).toBe('');
    expect(JSON.stringify(worker.lines)).not.toContain('planted');
  });

  it('waits for a Temporal that is not there yet, says so, goes on when it comes, and outlives its absence', async () => {
    const link = await openLink(addressOf('TEST_TEMPORAL_ADDRESS'));
    link.cut('refuse');
    const worker = startWorker({ TEMPORAL_ADDRESS: link.address });
    await expect
      .poll(() => worker.lines, started)
      .toContainEqual(expect.objectContaining({ event: 'waitingFor', what: 'Temporal' }));
    expect(await ask(worker, '/livez')).toMatchObject({ status: 200 });
    expect(await ask(worker, '/readyz')).toMatchObject({ status: 503, body: 'not ready: starting\n' });
    link.mend();
    await expect.poll(() => ask(worker, '/readyz'), started).toMatchObject({ status: 200 });

    const attempts = link.attempts();
    link.cut('refuse');
    await expect.poll(() => link.attempts(), started).toBeGreaterThan(attempts + 20);
    link.mend();
    expect(await ask(worker, '/readyz')).toMatchObject({ status: 200 });
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    await link.close();
  });

  it('can be ended while it waits for Postgres', async () => {
    const worker = startWorker({ DATABASE_URL: 'postgres://shop:planted@127.0.0.1:1/shop' });
    await expect
      .poll(() => worker.lines, started)
      .toContainEqual(expect.objectContaining({ event: 'waitingFor', what: 'Postgres' }));
    worker.kill('SIGINT');
    expect(await worker.ended).toBe(0);
  });

  it('ends with 1 where no waiting helps, and says why', async () => {
    const url = new URL(database.url);
    url.password = 'planted-and-wrong';
    const worker = startWorker({ DATABASE_URL: url.href });
    expect(await worker.ended).toBe(1);
    expect(worker.lines).toContainEqual(
      expect.objectContaining({
        level: 'fatal',
        event: 'workerFailed',
        err: expect.objectContaining({ message: expect.stringContaining('password authentication failed') }),
      }),
    );
  });

  it('does not start with a configuration that has problems, and names them all', async () => {
    const worker = startWorker({ METRICS_PORT: 'high', MAIL_FROM: '' });
    expect(await worker.ended).toBe(1);
    expect(worker.errors()).toBe(
      'the configuration has 2 problems:\n' +
        '  - METRICS_PORT must be a whole number from 0 to 65535\n' +
        '  - MAIL_FROM is not set\n',
    );
  });
});
