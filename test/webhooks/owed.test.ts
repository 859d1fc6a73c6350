import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFeed } from '../../src/activities/webhooks/feed.ts';
import { freshMs } from '../../src/activities/webhooks/limits.ts';
import { orderEventTypes, record, type OrderEventType } from '../../src/db/orders/events.ts';
import { transaction } from '../../src/db/pool.ts';
import { addEndpoint } from '../../src/db/webhooks/endpoints.ts';
import {
  askToRecover,
  beginTurn,
  endTurn,
  extendTurn,
  removeUnusedDestinations,
  takeDue,
} from '../../src/db/webhooks/destinations.ts';
import {
  deliveryStatistics,
  noteDelivered,
  noteFailed,
  noteGivenUp,
  readDue,
  recoverSome,
  removeOldDeliveries,
  resend,
} from '../../src/db/webhooks/deliveries.ts';
import { oweCallback } from '../../src/db/webhooks/messages.ts';
import { newWebhookSecret } from '../../src/domain/api-key.ts';
import { oldestIdAt } from '../../src/domain/ids.ts';
import { jobEventTypes } from '../../src/domain/job-event.ts';
import { newId } from '../../src/domain/new-id.ts';
import { webhookEventTypes, type Subscription } from '../../src/domain/webhook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query(
    'truncate webhook_endpoints, webhook_destinations, webhook_deliveries, orders cascade',
  );
});
afterAll(() => database.drop());

const leaseMs = 60_000;
const rest = { firstMs: 60_000, longestMs: 60_000 };
const attempt = {
  at: new Date().toISOString(),
  durationMs: 1,
  httpStatus: 500,
  error: 'refused',
  answer: null,
} as const;

async function endpoint(...events: Subscription[]): Promise<string> {
  const id = newId();
  const secret = newWebhookSecret();
  await transaction(database.pool, (tx) =>
    addEndpoint(tx, { id, url: 'https://shop.example/', events, secret }),
  );
  return id;
}

async function newOrder(): Promise<string> {
  const id = newId();
  await database.pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
       total_minor, currency) values ($1, 'cus_1', 'a@shop.example', 'A', '{}', 'pm_card_visa', 1200, 'EUR')`,
    [id],
  );
  return id;
}

async function happen(orderId: string, type: OrderEventType): Promise<void> {
  await transaction(database.pool, (tx) => record(tx, orderId, { type, data: { number: 'overwritten' } }));
}

interface Row {
  readonly id: string;
  readonly destination_id: string;
  readonly message_id: string;
  readonly type: string;
  readonly status: string;
  readonly data: unknown;
  readonly due: boolean;
}

async function owed(): Promise<Row[]> {
  const { rows } = await database.pool.query<Row>(
    'select *, due_at <= clock_timestamp() as due from webhook_deliveries order by destination_id, id',
  );
  return rows;
}

async function oweSome(destinationId: string, count: number): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data)
     select $1, 'm_' || n, 'order.confirmed', now(), '{}' from generate_series(1, $2) n returning id`,
    [destinationId, count],
  );
  return rows.map(({ id }) => id);
}

describe('what happens to an order', () => {
  test('is owed to nobody where nobody asks for it', async () => {
    await endpoint('order.failed', 'job.*');
    const orderId = await newOrder();
    for (const type of orderEventTypes) if (type !== 'order.failed') await happen(orderId, type);
    expect(await owed()).toEqual([]);
  });

  test('is owed once to everybody who asks for its type or its kind, and only where clients may know of it', async () => {
    const everything = await endpoint('order.*', 'shipment.*', 'job.*');
    await endpoint('shipment.delivered');
    const orderId = await newOrder();
    for (const type of orderEventTypes) await happen(orderId, type);
    const all = await owed();
    const types = all.filter((row) => row.destination_id === everything).map(({ type }) => type);
    const told = webhookEventTypes.filter((type) => /^(order|shipment)\./.test(type));
    expect(types.toSorted()).toEqual([...told].toSorted());
    expect(all.filter((row) => row.destination_id !== everything)).toMatchObject([
      { type: 'shipment.delivered' },
    ]);
    const accepted = all.find(({ type }) => type === 'order.accepted');
    expect(accepted).toMatchObject({ message_id: `order_${orderId}_1`, data: { orderId, number: 1 } });
  });

  test('is owed to nobody when its transaction is rolled back', async () => {
    await endpoint('order.*');
    const orderId = await newOrder();
    const failing = transaction(database.pool, async (tx) => {
      await record(tx, orderId, { type: 'order.confirmed' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await owed()).toEqual([]);
  });
});

test('what happens to a job is owed with its type, where clients may know of it', async () => {
  await endpoint('job.*');
  const jobId = newId();
  await database.pool.query(
    `insert into jobs (id, type, status, input, requested_by) values ($1, 'export', 'ready', '{}', 'test')`,
    [jobId],
  );
  for (const [at, type] of jobEventTypes.entries())
    await database.pool.query('insert into job_events (job_id, number, type) values ($1, $2, $3)', [
      jobId,
      at + 1,
      type,
    ]);
  const told = webhookEventTypes.filter((type) => type.startsWith('job.'));
  const all = await owed();
  expect(all.map(({ type }) => type).toSorted()).toEqual([...told].toSorted());
  expect(all.find(({ type }) => type === 'job.queued')).toMatchObject({
    message_id: `job_${jobId}_1`,
    data: { jobId, number: 1, type: 'export' },
  });
});

const destinations = async () => {
  const { rows } = await database.pool.query<{ id: string; retired: boolean }>(
    'select id, retired_at is not null as retired from webhook_destinations order by created_at',
  );
  return rows;
};
const anHourPasses = () =>
  database.pool.query(`update webhook_destinations set retired_at = retired_at - interval '61 minutes'`);
const forget = () => database.pool.query('delete from webhook_deliveries');

describe('a callback', () => {
  const callback = {
    apiKeyId: null,
    url: 'https://shop.example/jobs/1',
    messageId: 'job_1_3',
    type: 'job.completed',
    occurredAt: new Date(),
    data: { jobId: '1' },
  };

  const owe = (changes: object) =>
    transaction(database.pool, (tx) => oweCallback(tx, { ...callback, ...changes }));

  test('is owed once, and goes where the others of its key to that origin go', async () => {
    await Promise.all([owe({}), owe({}), owe({ messageId: 'job_2_3', url: 'https://shop.example/jobs/2' })]);
    await owe({ messageId: 'job_3_3', url: 'https://other.example/' });
    const all = await owed();
    expect(all.map(({ message_id }) => message_id).toSorted()).toEqual(['job_1_3', 'job_2_3', 'job_3_3']);
    expect(new Set(all.map(({ destination_id }) => destination_id)).size).toBe(2);
  });

  describe('destination that nobody uses any more', () => {
    const dayMs = 24 * 60 * 60 * 1_000;
    const later = new Date(Date.now() + dayMs);
    const clean = (before = later) => removeUnusedDestinations(database.pool, before, 10);
    test('is retired, and gone an hour later', async () => {
      await endpoint('order.*');
      await owe({});
      await forget();
      expect(await clean(new Date(Date.now() - dayMs))).toBe(0);
      expect(await clean()).toBe(1);
      expect(await clean()).toBe(0);
      expect((await destinations()).map(({ retired }) => retired)).toEqual([false, true]);
      await anHourPasses();
      expect(await clean()).toBe(1);
      expect((await destinations()).map(({ retired }) => retired)).toEqual([false]);
    });

    test('stays while anything is kept that went there', async () => {
      await owe({});
      expect(await clean()).toBe(0);
      expect((await destinations()).map(({ retired }) => retired)).toEqual([false]);
    });

    test('is served and stays where a commit that had found it before owes it something after all', async () => {
      await owe({});
      await forget();
      const client = await database.pool.connect();
      await client.query('begin');
      await oweCallback(client, { ...callback, messageId: 'job_2_3' });
      expect(await clean()).toBe(1);
      await client.query('commit');
      client.release();
      await anHourPasses();
      expect(await clean()).toBe(0);
      const [straggler] = await destinations();
      expect(straggler?.retired).toBe(true);
      expect(await takeDue(database.pool, 10, leaseMs)).toEqual([straggler?.id]);
    });

    test('is in use again with the next callback', async () => {
      await owe({});
      await forget();
      const [first] = await destinations();
      await clean();
      await anHourPasses();
      await owe({ messageId: 'job_2_3' });
      expect(await clean()).toBe(0);
      expect(await destinations()).toEqual([{ id: first?.id, retired: false }]);
      expect((await owed()).map(({ destination_id }) => destination_id)).toEqual([first?.id]);
    });
  });
});

describe('a destination', () => {
  test('is taken by one alone while something is due there, and by nobody otherwise', async () => {
    const id = await endpoint('order.*');
    expect(await takeDue(database.pool, 10, leaseMs)).toEqual([]);
    await oweSome(id, 3);
    const taken = await Promise.all([1, 2, 3].map(() => takeDue(database.pool, 10, leaseMs)));
    expect(taken.flat()).toEqual([id]);
    await database.pool.query(`update webhook_destinations set taken_until = clock_timestamp()`);
    await database.pool.query(
      `update webhook_endpoints set disabled_at = clock_timestamp(), disabled_reason = 'asked'`,
    );
    expect(await takeDue(database.pool, 10, leaseMs)).toEqual([]);
  });

  test('is lost by whoever has it when somebody else takes it over', async () => {
    const id = await endpoint('order.*');
    const first = (await beginTurn(database.pool, id, leaseMs))!;
    expect(await extendTurn(database.pool, id, first, leaseMs)).toMatchObject({ isOpen: true, owner: id });
    const second = (await beginTurn(database.pool, id, leaseMs))!;
    expect(await extendTurn(database.pool, id, first, leaseMs)).toBeUndefined();
    await endTurn(database.pool, id, first, 'idle', rest);
    await oweSome(id, 1);
    expect(await takeDue(database.pool, 10, leaseMs)).toEqual([]);
    await endTurn(database.pool, id, second, 'idle', rest);
    await expect.poll(() => takeDue(database.pool, 10, leaseMs)).toEqual([id]);
  });

  test('is closed to the turn that has it once its endpoint is disabled or deleted', async () => {
    const id = await endpoint('order.*');
    const turn = (await beginTurn(database.pool, id, leaseMs))!;
    for (const closing of [`disabled_at = now(), disabled_reason = 'asked'`, 'deleted_at = now()']) {
      await database.pool.query(`update webhook_endpoints set disabled_at = null, disabled_reason = null`);
      expect(await extendTurn(database.pool, id, turn, leaseMs)).toMatchObject({ isOpen: true });
      await database.pool.query(`update webhook_endpoints set ${closing}`);
      expect(await extendTurn(database.pool, id, turn, leaseMs)).toMatchObject({ isOpen: false });
    }
  });

  test('is sent nothing that was taken up long ago once its endpoint is disabled', async () => {
    const id = await endpoint('order.*');
    await oweSome(id, 4);
    const number = (await beginTurn(database.pool, id, leaseMs))!;
    const turn = { destinationId: id, number, leaseMs, concurrency: 1 };
    const feed = createFeed(database.pool, turn, {
      isStopping: () => false,
      signal: new AbortController().signal,
    });
    expect(await feed.next()).toBeDefined();
    await database.pool.query(
      `update webhook_endpoints set disabled_at = clock_timestamp(), disabled_reason = 'asked'`,
    );
    expect(await feed.next()).toBeDefined();
    const later = performance.now() + freshMs + 1;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later);
    expect(await feed.next().finally(() => clock.mockRestore())).toBeUndefined();
  });

  test('is left alone after a turn in which nothing got through', async () => {
    const id = await endpoint('order.*');
    await oweSome(id, 1);
    const turn = (await beginTurn(database.pool, id, leaseMs))!;
    await endTurn(database.pool, id, turn, 'fruitless', rest);
    expect(await takeDue(database.pool, 10, leaseMs)).toEqual([]);
  });
});

describe('a delivery', () => {
  test('that was taken stays so, whatever comes in late', async () => {
    const destinationId = await endpoint('order.*');
    const [id = ''] = await oweSome(destinationId, 1);
    const ref = { destinationId, id };
    await noteDelivered(database.pool, ref, { ...attempt, httpStatus: 204, error: null });
    expect(await noteFailed(database.pool, ref, attempt, { failures: 1, pauseMs: 0 })).toBe(false);
    expect(await noteGivenUp(database.pool, ref, attempt, 1)).toBe(false);
    expect(await owed()).toMatchObject([{ status: 'delivered' }]);
  });

  test('that is in hand is not read again, nor one that waits for its next attempt', async () => {
    const destinationId = await endpoint('order.*');
    const [first = '', second = '', third = ''] = await oweSome(destinationId, 3);
    await noteFailed(database.pool, { destinationId, id: second }, attempt, { failures: 1, pauseMs: 60_000 });
    const due = await readDue(database.pool, destinationId, [first], 10);
    expect(due.map(({ id }) => id)).toEqual([third]);
  });

  test('that is to be tried anew stays so, whatever comes of the attempt that was under way', async () => {
    const destinationId = await endpoint('order.*');
    const [id = ''] = await oweSome(destinationId, 1);
    const ref = { destinationId, id };
    await noteFailed(database.pool, ref, attempt, { failures: 1, pauseMs: 60_000 });
    expect(await resend(database.pool, ref)).toBe(true);
    expect(await noteFailed(database.pool, ref, attempt, { failures: 2, pauseMs: 60_000 })).toBe(false);
    expect(await noteGivenUp(database.pool, ref, attempt, 2)).toBe(false);
    const [due] = await readDue(database.pool, destinationId, [], 10);
    expect(due).toMatchObject({ id, failures: 0 });
  });

  test('keeps its newest attempts', async () => {
    const destinationId = await endpoint('order.*');
    const [id = ''] = await oweSome(destinationId, 1);
    for (let count = 1; count <= 22; count += 1)
      await noteFailed(
        database.pool,
        { destinationId, id },
        { ...attempt, durationMs: count },
        { failures: count, pauseMs: 0 },
      );
    const { rows } = await database.pool.query<{ attempts: { durationMs: number }[] }>(
      'select attempts from webhook_deliveries',
    );
    expect(rows[0]?.attempts.map(({ durationMs }) => durationMs)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 3),
    );
  });

  test('is forgotten when it is old, unless it is still tried', async () => {
    const month = 30 * 24 * 60 * 60 * 1_000;
    const kept = await endpoint('order.*');
    const disabled = await endpoint('order.*');
    const [tried = '', ended = '', fresh = ''] = await oweSome(kept, 3);
    await oweSome(disabled, 1);
    await noteDelivered(database.pool, { destinationId: kept, id: ended }, attempt);
    await noteDelivered(database.pool, { destinationId: kept, id: fresh }, attempt);
    await database.pool.query(
      `update webhook_deliveries set created_at = now() - interval '31 days' where id <> $1`,
      [fresh],
    );
    await database.pool.query(
      `update webhook_endpoints set disabled_at = now(), disabled_reason = 'gone' where id = $1`,
      [disabled],
    );
    expect(await removeOldDeliveries(database.pool, month, 1)).toBe(1);
    expect(await removeOldDeliveries(database.pool, month, 10)).toBe(1);
    expect((await owed()).map(({ id }) => id).toSorted()).toEqual([tried, fresh].toSorted());
    expect(await deliveryStatistics(database.pool)).toMatchObject({ pending: 1 });
  });
});

test('what has failed is recovered bit by bit, from the time that is asked for, and the rest left as it is', async () => {
  const destinationId = await endpoint('order.*');
  const ids = (await oweSome(destinationId, 5)).toSorted();
  const refs = ids.map((id) => ({ destinationId, id }));
  const [delivered, failed, waiting] = refs;
  await noteDelivered(database.pool, delivered!, attempt);
  await noteGivenUp(database.pool, failed!, attempt, 1);
  await noteFailed(database.pool, waiting!, attempt, { failures: 1, pauseMs: 60_000 });
  const since = oldestIdAt(new Date(Date.now() - 60_000));
  await askToRecover(database.pool, destinationId, since);
  await askToRecover(database.pool, destinationId, oldestIdAt(new Date()));
  let left = true;
  let looks = 0;
  for (let after: string | null = since; after !== null; looks += 1) {
    left = await recoverSome(database.pool, destinationId, after, 2);
    const { rows } = await database.pool.query<{ recover_after: string | null }>(
      'select recover_after from webhook_destinations',
    );
    after = rows[0]?.recover_after ?? null;
  }
  expect([looks, left]).toEqual([3, false]);
  const all = await owed();
  expect(all.map(({ status }) => status)).toEqual(['delivered', 'pending', 'pending', 'pending', 'pending']);
  expect(all.every(({ due, status }) => due || status === 'delivered')).toBe(true);
  await askToRecover(database.pool, destinationId, oldestIdAt(new Date(Date.now() + 60_000)));
  expect(await recoverSome(database.pool, destinationId, oldestIdAt(new Date(Date.now() + 60_000)), 2)).toBe(
    false,
  );
});
