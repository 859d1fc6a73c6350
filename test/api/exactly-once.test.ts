import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from '../../src/db/orders/events.ts';
import { transaction } from '../../src/db/pool.ts';
import { openEvents } from './event-client.ts';
import { happen, placeOne } from './order-steps.ts';
import { seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

const orders = 6;
const writersAnOrder = 3;
const transactionsAWriter = 12;
const readersAnOrder = 3;
/** A transaction holds its events back for up to this long, a reader reads for up to as long before it goes away. */
const longestMs = 25;

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const atRandom = (below: number) => Math.floor(Math.random() * below);

/** Commits one, two or three events at a time, later or sooner; some are rolled back. */
async function write(pool: Pool, orderId: string): Promise<void> {
  for (let times = 0; times < transactionsAWriter; times += 1) {
    const work = transaction(pool, async (tx) => {
      for (let count = 0; count <= atRandom(3); count += 1)
        await record(tx, orderId, { type: 'provider.webhook' });
      await pause(atRandom(longestMs));
      if (atRandom(5) === 0) throw new RolledBack();
    });
    await work.catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  }
}

class RolledBack extends Error {}

/** Reads to the end by as many connections as it takes, each broken at any moment; gives every id as it came. */
async function readInPieces(orderId: string): Promise<{ ids: number[]; connections: number }> {
  const ids: number[] = [];
  for (let connections = 1; ; connections += 1) {
    const last = ids.at(-1);
    const client = await openEvents(
      api.url,
      orderId,
      last === undefined ? {} : { 'Last-Event-ID': String(last) },
    );
    const how = await Promise.race([client.ended, pause(atRandom(longestMs * 2))]);
    client.close();
    ids.push(...client.ids());
    if (how === 'finished' || client.status === 204) return { ids, connections };
  }
}

test('gives every event once and in order, however commits interleave and connections break', async () => {
  const orderIds = await Promise.all(Array.from({ length: orders }, () => placeOne(api)));
  const reading = orderIds.flatMap((orderId) =>
    Array.from({ length: readersAnOrder }, async () => ({ orderId, ...(await readInPieces(orderId)) })),
  );
  await Promise.all(
    orderIds.flatMap((orderId) => Array.from({ length: writersAnOrder }, () => write(api.pool, orderId))),
  );
  await Promise.all(orderIds.map((orderId) => happen(api.pool, orderId, 'order.completed')));

  const read = await Promise.all(reading);
  for (const { orderId, ids } of read) {
    const { rows } = await api.pool.query(
      `select array_agg(number order by number) as numbers from order_events where order_id = $1`,
      [orderId],
    );
    expect(ids).toEqual(rows[0].numbers);
  }
  expect(Math.max(...read.map(({ connections }) => connections))).toBeGreaterThan(3);
});
