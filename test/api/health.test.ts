import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHealth } from '../../src/api/health.ts';
import { noteUnknown } from '../../src/db/jobs/unknown-types.ts';
import { record } from '../../src/db/orders/events.ts';
import { transaction } from '../../src/db/pool.ts';
import { echo, testJobTypes } from './job-types.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterEach(() => api.stop());

/** Every check by its name, as it came. */
async function checks(): Promise<
  Record<string, { status: string; observedValue?: number; output?: string }>
> {
  const { body } = await api.call('GET /health');
  return Object.fromEntries(
    Object.entries<any>(body.checks).map(([name, [{ time: _time, ...check }]]) => [name, check]),
  );
}

/** As long ago as nothing may go without a warning, and a little more. */
const longAgo = `now() - interval '6 minutes'`;

async function placedLongAgo(): Promise<string> {
  const { body } = await api.call('POST /orders', { json: newOrder() });
  const id = String(body.orderId);
  await api.pool.query(`update orders set created_at = ${longAgo} where id = $1`, [id]);
  await api.pool.query(`update outbox set created_at = ${longAgo} where order_id = $1`, [id]);
  await api.pool.query(`update order_events set created_at = ${longAgo} where order_id = $1`, [id]);
  return id;
}

test('passes when nothing is wrong, and says which code runs', async () => {
  const { status, headers, body } = await api.call('GET /health');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/health+json']);
  expect(body).toMatchObject({ status: 'pass', releaseId: 'test' });
  expect(Object.keys(body.checks).toSorted()).toEqual([
    'books:imbalances',
    'easypost:reachable',
    'jobs:backlog',
    'jobs:progress',
    'jobs:types',
    'orders:progress',
    'outbox:depth',
    'postgres:responseTime',
    'stripe:reachable',
    'temporal:reachable',
  ]);
});

test('warns while Temporal is out of reach', async () => {
  api.setRelayState({ temporalUp: false, outboxDepth: 0 });
  expect((await checks())['temporal:reachable']).toMatchObject({ status: 'warn' });
  expect((await api.call('GET /health')).body.status).toBe('warn');
});

test('warns of more than a thousand entries in the outbox', async () => {
  api.setRelayState({ temporalUp: true, outboxDepth: 1_001 });
  expect((await checks())['outbox:depth']).toMatchObject({ status: 'warn', observedValue: 1_001 });
});

test('does not warn of a thousand', async () => {
  api.setRelayState({ temporalUp: true, outboxDepth: 1_000 });
  expect((await checks())['outbox:depth']).toMatchObject({ status: 'pass', observedValue: 1_000 });
});

test('warns when an entry has waited for five minutes in which nothing has gone on', async () => {
  await placedLongAgo();
  expect((await checks())['orders:progress']).toMatchObject({ status: 'warn' });
});

test('warns when an order has, though the outbox is empty', async () => {
  await placedLongAgo();
  await api.pool.query('delete from outbox');
  expect((await checks())['orders:progress']).toMatchObject({ status: 'warn' });
});

test.each([
  ['it waits for an operator', `update orders set waiting_on = 'operator' where id = $1`],
  ['it is confirmed, and waits for its parcel', `update orders set status = 'confirmed' where id = $1`],
])('does not warn of an old order when %s', async (_what, change) => {
  const id = await placedLongAgo();
  await api.pool.query('delete from outbox');
  await api.pool.query(`update orders set status = 'processing' where id = $1`, [id]);
  await api.pool.query(change, [id]);
  expect((await checks())['orders:progress']).toMatchObject({ status: 'pass' });
});

test('does not warn while other orders go on, though new ones being accepted are no progress', async () => {
  await placedLongAgo();
  const { body } = await api.call('POST /orders', { json: newOrder() });
  expect((await checks())['orders:progress']).toMatchObject({ status: 'warn' });
  await transaction(api.pool, (tx) => record(tx, body.orderId, { type: 'stock.reserved' }));
  const look = createHealth({ pool: api.pool, ...idle, reaches: {} });
  expect((await look()).checks['orders:progress']).toMatchObject({ status: 'pass' });
});

test('warns of an imbalance that waits for a person, until it is settled', async () => {
  await api.pool.query(
    `insert into reconciler_findings (kind, subject, action) values ('imbalance', 'stock MUG/main', 'waits for a person')`,
  );
  expect((await checks())['books:imbalances']).toMatchObject({ status: 'warn', observedValue: 1 });
  await api.pool.query('update reconciler_findings set closed_at = now()');
  const look = createHealth({ pool: api.pool, ...idle, reaches: {} });
  expect((await look()).checks['books:imbalances']).toMatchObject({ status: 'pass', observedValue: 0 });
});

/** What is said where so many jobs of each type wait. */
async function backlogOf(...counts: number[]) {
  const due = counts.map((count, nth) => ({ type: `type-${nth}`, waiting: count, due: count }));
  const jobs = { ...idle.jobs, backlog: { ...backlog, due } };
  const { checks: found } = await createHealth({ pool: api.pool, ...idle, jobs, reaches: {} })();
  return found['jobs:backlog'];
}

test('warns of more than a thousand jobs that wait, and names their types', async () => {
  expect(await backlogOf(999, 1)).toMatchObject({ status: 'pass', observedValue: 1_000 });
  expect(await backlogOf(900, 99, 1, 1)).toMatchObject({
    status: 'warn',
    observedValue: 1_001,
    output: expect.stringContaining('900 of type-0, 99 of type-1, 1 of type-2.'),
  });
});

test('warns when a job has waited for five minutes in which nothing of its queue has gone on', async () => {
  await api.call('POST /jobs', { json: { type: echo.name, input: {} } });
  await api.pool.query(`update jobs set run_at = ${longAgo}`);
  expect((await checks())['jobs:progress']).toMatchObject({
    status: 'warn',
    output: expect.stringContaining('echo in jobs'),
  });
});

test('warns of types of jobs that a worker was met without', async () => {
  await noteUnknown(api.pool, 'thumbnails');
  expect((await checks())['jobs:types']).toMatchObject({
    status: 'warn',
    output: expect.stringContaining('thumbnails'),
  });
});

test('fails with 503 while Postgres is away, and is ready no more', async () => {
  const away = await startApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  const { status, headers, body } = await away.call('GET /health');
  expect([status, headers.get('content-type'), body.status]).toEqual([
    503,
    'application/health+json',
    'fail',
  ]);
  expect(body.checks['postgres:responseTime'][0]).toMatchObject({ status: 'fail' });
  await away.stop();
});

test('warns while a provider is out of reach', async () => {
  const reaches = { stripe: async () => false, easypost: async () => true };
  const { status, checks: found } = await createHealth({ pool: api.pool, ...idle, reaches })();
  expect(status).toBe('warn');
  expect(found['stripe:reachable']).toMatchObject({
    status: 'warn',
    output: expect.stringContaining('wait'),
  });
  expect(found['easypost:reachable']).toMatchObject({ status: 'pass' });
});

test('waits for no provider, and tells of one as soon as it is known', async () => {
  const answer = Promise.withResolvers<boolean>();
  let asked = 0;
  const stripe = async () => {
    asked += 1;
    return answer.promise;
  };
  const look = createHealth({ pool: api.pool, ...idle, reaches: { stripe } }, { freshMs: 0 });
  for (let times = 0; times < 3; times += 1)
    expect((await look()).checks).not.toHaveProperty('stripe:reachable');
  expect(asked).toBe(1);
  answer.resolve(false);
  await expect.poll(async () => (await look()).checks['stripe:reachable']?.status).toBe('warn');
  expect(asked).toBe(1);
});

test('looks at a provider again when that has not been done for a while', async () => {
  let isThere = false;
  const reaches = { stripe: async () => isThere };
  const look = createHealth({ pool: api.pool, ...idle, reaches }, { freshMs: 0, providersFreshMs: 20 });
  await expect.poll(async () => (await look()).checks['stripe:reachable']?.status).toBe('warn');
  isThere = true;
  await expect.poll(async () => (await look()).checks['stripe:reachable']?.status).toBe('pass');
});

test('looks once for all that ask at the same time', async () => {
  let looks = 0;
  const relay = {
    ...idle.relay,
    get state() {
      looks += 1;
      return idle.relay.state;
    },
  };
  const look = createHealth({ pool: api.pool, ...idle, relay, reaches: {} });
  await Promise.all(Array.from({ length: 50 }, look));
  expect(looks).toBe(1);
});

const backlog = { hasRoom: () => true, note: () => undefined, due: [] };
const idle = {
  relay: {
    deliverNow: () => undefined,
    wake: () => undefined,
    state: { temporalUp: true, outboxDepth: 0 },
  },
  jobs: { wake: () => undefined, backlog },
  jobTypes: testJobTypes,
};
