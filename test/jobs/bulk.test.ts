import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bulkOperationJob } from '../../src/activities/jobs/bulk-operation/handler.ts';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { retryJob } from '../../src/db/jobs/commands.ts';
import { raiseAttention } from '../../src/db/orders/life.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import { newOrder, seedShop } from '../api/shop.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { testType } from './types.ts';

/** Fails as long as the world is broken. */
const fragile = testType('fragile');
const twin = testType('fragile-twin');
let isBroken: boolean;

/** Goes on until it is let go. */
const held = testType('held');
const letGo = Promise.withResolvers<void>();

let rig: JobRig;
beforeAll(async () => {
  const fragileJobs = [fragile, twin].map((type) =>
    registerJob(type, async () => {
      if (isBroken) throw new TypeError('broken');
      return {};
    }),
  );
  const heldJob = registerJob(held, async () => {
    await letGo.promise;
    return {};
  });
  rig = await startJobRig([...fragileJobs, heldJob, bulkOperationJob]);
  await seedShop(rig.pool);
});
afterAll(() => rig.close());
beforeEach(() => {
  isBroken = true;
});

async function makeDead(count: number): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => rig.enqueue(fragile, { input: {} })));
  await Promise.all(ids.map((id) => rig.until(id, 'dead')));
  return ids;
}

/** What a colleague does who thinks better of it. */
async function retryAndCancel(id: string): Promise<void> {
  await rig.call(`POST /job-types/${fragile.name}/pause`);
  expect((await rig.call(`POST /jobs/${id}/retry`)).status).toBe(202);
  expect((await rig.call(`POST /jobs/${id}/cancel`)).status).toBe(202);
  await rig.call(`POST /job-types/${fragile.name}/resume`);
}

const keyTaken = 'Another job of the type has the unique key of this one.';

/** A dead job with the unique key that all of them have. */
async function makeTwin(): Promise<string> {
  const id = await rig.enqueue(twin, { input: {}, uniqueKey: 'twins' });
  await rig.until(id, 'dead');
  return id;
}

/** How many statements wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await rig.pool.query<{ count: number }>(
    `select count(*)::integer as count from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

async function ask(json: Record<string, unknown>) {
  return rig.call('POST /bulk-operations', { json });
}

/** Counts, lets something happen, confirms, and waits for the job that carries it out. */
async function carryOut(asked: Record<string, unknown>, meanwhile?: () => Promise<void>) {
  const { status, body: counted } = await ask({ ...asked, dryRun: true });
  expect(status).toBe(200);
  await meanwhile?.();
  const { operationId } = counted;
  const confirmed = await ask({ ...asked, dryRun: false, operationId });
  expect(confirmed.status).toBe(202);
  await rig.until(String(confirmed.body.links.job).replace('/jobs/', ''), 'completed');
  return { counted, done: (await rig.call(`GET /bulk-operations/${operationId}`)).body };
}

describe('a bulk retry of dead jobs', () => {
  const asked = { action: 'retry', filter: { of: 'jobs', type: fragile.name } };

  test('starts exactly those again that were counted', async () => {
    const counted = await makeDead(3);
    let late: string[] = [];
    const { done } = await carryOut(asked, async () => {
      late = await makeDead(2);
      isBroken = false;
    });
    expect(done).toMatchObject({ counted: 3, accepted: 3, refused: 0, confirmedBy: 'anonymous' });
    for (const id of counted) expect(await rig.until(id, 'completed')).toMatchObject({ round: 2 });
    for (const id of late) expect(await rig.read(id)).toMatchObject({ status: 'dead', round: 1 });
    const { rows } = await rig.pool.query(
      `select distinct kind, requested_by, reason from job_commands where bulk_operation_id = $1`,
      [done.operationId],
    );
    const reason = `bulk operation ${done.operationId}`;
    expect(rows).toEqual([{ kind: 'retry', requested_by: 'anonymous', reason }]);
    await carryOut(asked);
    for (const id of late) await rig.until(id, 'completed');
  });

  test('leaves alone what has changed since it was counted, and says so', async () => {
    const [changed = '', unchanged = ''] = await makeDead(2);
    const { done } = await carryOut(asked, async () => {
      isBroken = false;
      await rig.call(`POST /jobs/${changed}/retry`);
      await rig.until(changed, 'completed');
    });
    expect(done).toMatchObject({
      accepted: 1,
      refused: 1,
      refusals: [{ id: changed, detail: 'The job is completed; there is nothing to retry.' }],
    });
    expect(await rig.until(unchanged, 'completed')).toMatchObject({ round: 2 });
  });

  test('leaves alone what was retried since, and has ended again', async () => {
    const [id = ''] = await makeDead(1);
    const { done } = await carryOut(asked, async () => {
      await retryAndCancel(id);
      isBroken = false;
    });
    expect(done).toMatchObject({
      accepted: 0,
      refused: 1,
      refusals: [{ id, detail: 'It is not as it was when it was counted.' }],
    });
    expect(await rig.read(id)).toMatchObject({ status: 'cancelled', round: 2 });

    isBroken = true;
    const [deadAgain = ''] = await makeDead(1);
    const { done: later } = await carryOut(asked, async () => {
      await rig.call(`POST /jobs/${deadAgain}/retry`);
      await expect.poll(async () => rig.read(deadAgain)).toMatchObject({ status: 'dead', round: 2 });
    });
    expect(later).toMatchObject({ accepted: 0, refused: 1 });
    expect(await rig.read(deadAgain)).toMatchObject({ status: 'dead', round: 2 });
    isBroken = false;
    await carryOut(asked);
    await rig.until(deadAgain, 'completed');
  });

  test('holds what an earlier release has counted to its filter', async () => {
    const [changed = '', unchanged = ''] = await makeDead(2);
    const { done } = await carryOut(asked, async () => {
      await rig.pool.query('update bulk_operation_items set round = null');
      await retryAndCancel(changed);
      isBroken = false;
    });
    expect(done).toMatchObject({ accepted: 1, refused: 1, refusals: [{ id: changed }] });
    expect(await rig.until(unchanged, 'completed')).toMatchObject({ round: 2 });
  });

  test('leaves alone what has lost its unique key at that very moment', async () => {
    const [first, second] = [await makeTwin(), await makeTwin()];
    const since = new Date().toISOString();
    const third = await makeTwin();
    isBroken = false;
    const rival = await rig.pool.connect();
    await rival.query('begin');
    await retryJob(rival, { jobId: first, requestedBy: 'test', reason: null });
    const retried = rig.call(`POST /jobs/${second}/retry`);
    const carriedOut = carryOut({
      action: 'retry',
      filter: { of: 'jobs', type: twin.name, enqueuedAfter: since },
    });
    try {
      await expect.poll(waiting, { timeout: 10_000 }).toBe(2);
      await rival.query('commit');
    } finally {
      rival.release();
    }
    expect(await retried).toMatchObject({ status: 409, body: { detail: keyTaken } });
    expect((await carriedOut).done).toMatchObject({
      accepted: 0,
      refused: 1,
      refusals: [{ id: third, detail: keyTaken }],
    });
    await rig.until(first, 'completed');
  });

  test('is carried out once, however often it is confirmed', async () => {
    const [id = ''] = await makeDead(1);
    const { body: counted } = await ask({ ...asked, dryRun: true });
    const confirmation = { ...asked, dryRun: false, operationId: counted.operationId };
    const answers = await Promise.all([1, 2, 3].map(() => ask(confirmation)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.links.job}`)).size).toBe(1);
    await rig.until(id, 'dead');
    await expect.poll(async () => (await rig.read(id)).round).toBe(2);
    await rig.until(id, 'dead');
    const link = String(answers[0]?.body.links.job);
    expect(await rig.until(link.replace('/jobs/', ''), 'completed')).toMatchObject({
      result: { accepted: 1, refused: 0 },
    });
  });
});

test('a bulk cancel ends the jobs that wait', async () => {
  await rig.call(`POST /job-types/${fragile.name}/pause`);
  const ids = await Promise.all([1, 2, 3].map(() => rig.enqueue(fragile, { input: {} })));
  const { done } = await carryOut({
    action: 'cancel',
    filter: { of: 'jobs', type: fragile.name, status: 'queued' },
  });
  expect(done).toMatchObject({ counted: 3, accepted: 3, refused: 0 });
  for (const id of ids) expect(await rig.read(id)).toMatchObject({ status: 'cancelled', attempts: 0 });
  await rig.call(`POST /job-types/${fragile.name}/resume`);
});

test('a bulk cancel leaves a job alone that has begun since, and one that is cancelled already', async () => {
  await rig.call(`POST /job-types/${held.name}/pause`);
  const running = await rig.enqueue(held, { input: {} });
  const cancelled = await rig.enqueue(held, { input: {} });
  const asked = { action: 'cancel', filter: { of: 'jobs', type: held.name, status: 'queued' } };
  const { done } = await carryOut(asked, async () => {
    await rig.call(`POST /jobs/${cancelled}/cancel`);
    await rig.call(`POST /job-types/${held.name}/resume`);
    await rig.until(running, 'running');
  });
  const detail = 'It is not as it was when it was counted.';
  expect(done).toMatchObject({ counted: 2, accepted: 0, refused: 2 });
  expect(done.refusals).toEqual([running, cancelled].toSorted().map((id) => ({ id, detail })));
  letGo.resolve();
  await rig.until(running, 'completed');
});

test('a bulk retry of orders that need attention resolves each of them', async () => {
  const { body: order } = await rig.call('POST /orders', { json: newOrder() });
  const step = 'buy_label';
  await transaction(rig.pool, (tx) =>
    raiseAttention(tx, order.orderId, { step, reason: 'ProviderUnavailable', call: newId() }),
  );
  const { done } = await carryOut({ action: 'retry', filter: { of: 'orders', step } });
  expect(done).toMatchObject({ counted: 1, accepted: 1, refused: 0 });
  const { body } = await rig.call(`GET /orders/${order.orderId}`);
  expect(body.needsAttention).toBeNull();
});

test.each([
  ['at another step', 'capture_payment'],
  ['at the same step once more', 'buy_label'],
])('a bulk retry leaves an order alone that needs attention %s by then', async (_, laterStep) => {
  const { body: order } = await rig.call('POST /orders', { json: newOrder() });
  const call = (step: string) =>
    transaction(rig.pool, (tx) =>
      raiseAttention(tx, order.orderId, { step, reason: 'ProviderUnavailable', call: newId() }),
    );
  await call('buy_label');
  const { done } = await carryOut({ action: 'retry', filter: { of: 'orders' } }, async () => {
    const json = { action: 'retry', note: 'the carrier is back' };
    expect((await rig.call(`POST /orders/${order.orderId}/resolve`, { json })).status).toBe(202);
    expect(await call(laterStep)).toBe(true);
  });
  const detail = 'It is not as it was when it was counted.';
  expect(done).toMatchObject({ accepted: 0, refused: 1, refusals: [{ id: order.orderId, detail }] });
  const { body } = await rig.call(`GET /orders/${order.orderId}`);
  expect(body.needsAttention).toMatchObject({ step: laterStep });
  await carryOut({ action: 'retry', filter: { of: 'orders' } });
});
