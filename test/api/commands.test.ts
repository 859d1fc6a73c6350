import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { raiseAttention } from '../../src/db/orders/life.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

let id: string;
beforeEach(async () => {
  const { body } = await api.call('POST /orders', { json: newOrder() });
  id = body.orderId;
});

const cancel = (json?: unknown) => api.call(`POST /orders/${id}/cancel`, json === undefined ? {} : { json });
const resolve = (action: string) =>
  api.call(`POST /orders/${id}/resolve`, { json: { action, note: 'looked at it' } });

async function rows(statement: string): Promise<Record<string, any>[]> {
  return (await api.pool.query<Record<string, any>>(statement, [id])).rows;
}
const signals = async () =>
  (await rows(`select payload from outbox where order_id = $1 and kind = 'signal_order' order by id`)).map(
    ({ payload }) => payload,
  );
const commands = () =>
  rows('select kind, requested_by, reason from order_commands where order_id = $1 order by created_at');
const eventTypes = async () =>
  (await rows('select type from order_events where order_id = $1 order by number')).map(({ type }) => type);

async function needAttention(step = 'authorize_payment'): Promise<void> {
  await transaction(api.pool, (tx) =>
    raiseAttention(tx, id, { step, reason: 'ProviderUnavailable', call: newId() }),
  );
}

async function ship(): Promise<void> {
  await api.pool.query(
    `insert into shipments (id, order_id, warehouse, reference, status, tracking_code, carrier, dispatched_at)
     values ($1, $2, 'main', $3, 'in_transit', $3, 'USPS', now())`,
    [newId(), id, `ref-${id}`],
  );
}

test('accepts a cancel once: the row, the event, the command and the signal commit together', async () => {
  const wakes = api.wakes();
  const { status, body } = await cancel({ reason: 'ordered twice' });
  expect(status).toBe(202);
  expect(body).toMatchObject({ orderId: id, status: 'pending', cancelRequestedAt: expect.any(String) });
  expect(await commands()).toEqual([{ kind: 'cancel', requested_by: 'anonymous', reason: 'ordered twice' }]);
  expect(await signals()).toEqual([{ signal: 'cancel' }]);
  expect(await eventTypes()).toEqual(['order.accepted', 'order.cancel_requested']);
  expect(api.wakes()).toBe(wakes + 1);
});

test('accepts a cancel without a body', async () => {
  expect((await cancel()).status).toBe(202);
});

test('answers 202 again while it unwinds and once it is cancelled, and does nothing more', async () => {
  const first = await cancel();
  const again = await cancel({ reason: 'hurry' });
  expect(again.body).toEqual(first.body);
  await api.pool.query(`update orders set status = 'cancelled' where id = $1`, [id]);
  const later = await cancel();
  expect([later.status, later.body.status]).toEqual([202, 'cancelled']);
  expect(await commands()).toHaveLength(1);
  expect(await signals()).toHaveLength(1);
});

test('makes one cancel of twenty at once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => cancel()));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(await commands()).toHaveLength(1);
  expect(await signals()).toHaveLength(1);
});

test('refuses a cancel once the carrier has the parcel', async () => {
  await ship();
  const { status, body } = await cancel();
  expect([status, body.type, body.retryable]).toEqual([409, '/problems/command-refused', false]);
  expect(body.detail).toBe('The carrier has the parcel; the order cannot be cancelled any more.');
  expect(await commands()).toEqual([]);
});

test('refuses a cancel that waited for the commit that dispatched the parcel', async () => {
  const carrier = await api.pool.connect();
  try {
    await carrier.query('begin');
    await carrier.query('select from orders where id = $1 for no key update', [id]);
    await carrier.query(
      `insert into shipments (id, order_id, warehouse, reference, status, tracking_code, carrier, dispatched_at)
       values ($1, $2, 'main', $3, 'in_transit', $3, 'USPS', now())`,
      [newId(), id, `ref-${id}`],
    );
    const answer = cancel();
    await expect
      .poll(
        async () =>
          (
            await api.pool.query(
              `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
            )
          ).rowCount,
      )
      .toBeGreaterThan(0);
    await carrier.query('commit');
    expect((await answer).status).toBe(409);
  } finally {
    carrier.release();
  }
});

test.each(['completed', 'failed'])('refuses a cancel of an order that is %s', async (status) => {
  await api.pool.query(`update orders set status = 'processing' where id = $1`, [id]);
  await api.pool.query(`update orders set status = 'confirmed' where id = $1`, [id]);
  await api.pool.query(
    `update orders set status = $2, failure_type = case $2 when 'failed' then 'OutOfStock' end,
       failure_detail = case $2 when 'failed' then 'x' end where id = $1`,
    [id, status],
  );
  const answer = await cancel();
  expect([answer.status, answer.body.detail]).toEqual([
    409,
    `The order is ${status}; it cannot be cancelled any more.`,
  ]);
});

test('accepts a cancel of an order that needs attention, which it then no longer does', async () => {
  await needAttention();
  const { status, body } = await cancel();
  expect([status, body.needsAttention, body.waitingOn]).toEqual([202, null, null]);
  expect(await signals()).toEqual([{ signal: 'cancel' }]);
});

test('tells the workflow to retry the step that needs attention', async () => {
  await needAttention();
  const before = await api.call(`GET /orders/${id}`);
  expect(before.body).toMatchObject({
    waitingOn: 'operator',
    needsAttention: { step: 'authorize_payment', reason: 'ProviderUnavailable', since: expect.any(String) },
  });
  const { status, body } = await resolve('retry');
  expect([status, body.needsAttention, body.waitingOn]).toEqual([202, null, null]);
  expect(await signals()).toEqual([
    { signal: 'resolve', step: 'authorize_payment', action: 'retry', call: expect.any(String) },
  ]);
  expect(await commands()).toEqual([{ kind: 'retry', requested_by: 'anonymous', reason: 'looked at it' }]);
  expect(await eventTypes()).toEqual(['order.accepted', 'order.needs_attention', 'order.resolved']);
});

test('decides once: a second decision finds nothing that needs attention', async () => {
  await needAttention();
  const answers = await Promise.all([resolve('retry'), resolve('cancel'), resolve('retry')]);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
  expect(await signals()).toHaveLength(1);
});

test('resolves by a cancel as by the command itself', async () => {
  await needAttention();
  const { status, body } = await resolve('cancel');
  expect([status, body.needsAttention, body.cancelRequestedAt]).toEqual([202, null, expect.any(String)]);
  expect(await commands()).toEqual([{ kind: 'cancel', requested_by: 'anonymous', reason: 'looked at it' }]);
  expect(await signals()).toEqual([{ signal: 'cancel' }]);
});

test('cannot cancel an undo that needs attention a second time; a retry goes on with it', async () => {
  await cancel();
  await needAttention();
  const second = await resolve('cancel');
  expect([second.status, second.body.detail]).toEqual([
    409,
    'The order is being cancelled already; retry authorize_payment to go on with it.',
  ]);
  expect((await resolve('retry')).status).toBe(202);
});

test('keeps the call for an operator about an undo when the order is cancelled as well', async () => {
  await needAttention('undo capture_payment');
  const { status, body } = await cancel();
  expect([status, body.cancelRequestedAt]).toEqual([202, expect.any(String)]);
  expect(body).toMatchObject({ waitingOn: 'operator', needsAttention: { step: 'undo capture_payment' } });
  expect((await resolve('retry')).status).toBe(202);
});

test('refuses to resolve an undo by a cancel, which would not make it succeed', async () => {
  await needAttention('undo capture_payment');
  const { status, body } = await resolve('cancel');
  expect([status, body.detail]).toEqual([
    409,
    'The order is being undone already; retry undo capture_payment to go on with it.',
  ]);
  expect(body.cancelRequestedAt).toBeUndefined();
  expect((await resolve('retry')).status).toBe(202);
});

test('skips the wait for a parcel that nobody waits for any more', async () => {
  await needAttention('delivery');
  const { status, body } = await resolve('skip');
  expect([status, body.needsAttention]).toEqual([202, null]);
  expect(await signals()).toEqual([
    { signal: 'resolve', step: 'delivery', action: 'skip', call: expect.any(String) },
  ]);
  expect(await commands()).toEqual([{ kind: 'skip', requested_by: 'anonymous', reason: 'looked at it' }]);
});

test('takes the word that an undo was made by hand at the provider', async () => {
  await api.pool.query(`update orders set payment_status = 'authorized' where id = $1`, [id]);
  await cancel();
  await needAttention('undo authorize_payment');
  const { status, body } = await resolve('skip');
  expect([status, body.paymentStatus, body.needsAttention]).toEqual([202, 'voided', null]);
  expect(await rows('select step, state from order_steps where order_id = $1')).toEqual([
    { step: 'authorize_payment', state: 'undone' },
  ]);
});

test('refuses to skip the undo of our own books, which nobody makes by hand', async () => {
  await needAttention('undo reserve_stock');
  const { status, body } = await resolve('skip');
  expect([status, body.detail]).toEqual([409, expect.stringContaining('our own books')]);
});

test('refuses to skip a step forward, and says so', async () => {
  await needAttention();
  const { status, body } = await resolve('skip');
  expect([status, body.detail]).toEqual([
    409,
    'The step authorize_payment cannot be skipped; retry it or cancel the order.',
  ]);
  expect((await api.call(`GET /orders/${id}`)).body.needsAttention).not.toBeNull();
});

test('refuses to resolve an order that needs no attention', async () => {
  const { status, body } = await resolve('retry');
  expect([status, body.detail]).toEqual([409, 'Nothing about this order needs attention.']);
});

test.each([
  ['another action', { action: 'ignore', note: 'x' }, '#/action'],
  ['no note', { action: 'retry' }, '#/note'],
  ['an empty note', { action: 'retry', note: ' ' }, '#/note'],
  ['a member that is not known', { action: 'retry', note: 'x', step: 'confirm' }, '#/step'],
])('refuses a decision with %s', async (_what, json, pointer) => {
  const { status, body } = await api.call(`POST /orders/${id}/resolve`, { json });
  expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
});

test('knows no order by another id', async () => {
  for (const unknown of [newId(), 'nonsense', '1', "' or 1=1 --", '%00']) {
    const path = `/orders/${encodeURIComponent(unknown)}`;
    for (const request of [
      `POST ${path}/cancel`,
      `GET ${path}`,
      `GET ${path}/timeline`,
      `GET ${path}/workflow`,
    ]) {
      const { status, body } = await api.call(request);
      expect([status, body.type]).toEqual([404, '/problems/unknown-order']);
    }
  }
});
