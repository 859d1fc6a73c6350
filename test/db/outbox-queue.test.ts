import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { oweScheduleChange, type ScheduleMessage } from '../../src/db/outbox.ts';
import { claim, putOff, release, remove, statistics } from '../../src/db/outbox-queue.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import { commit, commitStarts, outbox, startMessage } from '../relay/shop.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const all = ['start_order', 'signal_order', 'notice', 'sale', 'sale_reversed'] as const;
const leaseMs = 60_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  await database.pool.query('delete from outbox');
});

afterAll(() => database.drop());

const take = (limit = 100) => claim(database.pool, all, limit, leaseMs);

const takeChanges = () => claim(database.pool, ['schedule'], 100, leaseMs);

/** The changes of schedules that are owed. */
async function owed(): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ change: string }>(
    `select payload ->> 'change' as change from outbox order by id`,
  );
  return rows.map(({ change }) => change);
}

describe('the outbox', () => {
  it('gives an entry to one of many that ask at the same moment', async () => {
    const { pool } = database;
    const orderIds = await commitStarts(pool, 200);
    // As many connections as there are askers, so that none waits for another.
    await Promise.all(Array.from({ length: 10 }, () => pool.query('select pg_sleep(0.05)')));
    const claimed = (await Promise.all(Array.from({ length: 10 }, () => take(40)))).flat();
    const ids = claimed.map(({ orderId }) => orderId);
    expect(new Set(ids).size).toBe(ids.length);
    const rest = (await take(200)).map(({ orderId }) => orderId);
    expect([...ids, ...rest].toSorted()).toEqual(orderIds.toSorted());
  });

  it('gives the oldest entry of a lane, and the next one only once that is delivered', async () => {
    const orderId = newId();
    await commit(database.pool, orderId, startMessage());
    await commit(database.pool, orderId, { kind: 'signal_order', payload: { signal: 'cancel' } });
    const [start, ...others] = await take();
    expect(others).toEqual([]);
    expect(start).toMatchObject({ orderId, kind: 'start_order', attempts: 0, payload: { pieces: 3 } });
    expect(await take()).toEqual([]);
    await remove(database.pool, [start?.id ?? 0]);
    expect(await take()).toMatchObject([{ kind: 'signal_order', payload: { signal: 'cancel' } }]);
  });

  it('keeps the lanes of one order apart', async () => {
    const orderId = newId();
    await commit(database.pool, orderId, startMessage());
    await commit(database.pool, orderId, { kind: 'notice', payload: { notice: 'confirmed' } });
    await commit(database.pool, orderId, { kind: 'sale', payload: {} });
    expect((await take()).map(({ kind }) => kind).toSorted()).toEqual(['notice', 'sale', 'start_order']);
  });

  it('gives only the kinds that were asked for', async () => {
    await commit(database.pool, newId(), startMessage());
    await commit(database.pool, newId(), { kind: 'sale', payload: {} });
    expect(await claim(database.pool, ['sale'], 10, leaseMs)).toMatchObject([{ kind: 'sale' }]);
  });

  it('gives what failed only when its time has come, and what was given back at once', async () => {
    await commitStarts(database.pool, 2);
    const [failed, untried] = await take();
    await putOff(database.pool, [{ id: failed?.id ?? 0, attempts: 4, delayMs: 60_000, error: 'no' }]);
    await release(database.pool, [untried?.id ?? 0]);
    expect(await take()).toMatchObject([{ id: untried?.id, attempts: 0 }]);
    const entry = (await outbox(database.pool)).find(({ id }) => id === failed?.id); // Claimed in any order.
    expect(entry).toMatchObject({ attempts: 4, last_error: 'no', leased: false });
    expect(entry?.due_in_ms).toBeGreaterThan(50_000);
  });

  it('says how full it is, how old its oldest entry, and how many keep failing', async () => {
    expect(await statistics(database.pool, 8)).toEqual({ depth: 0, oldestAgeMs: 0, poisoned: 0 });
    await commitStarts(database.pool, 3);
    await database.pool.query(
      `update outbox set attempts = 8, created_at = now() - interval '1 minute' where id = (select min(id) from outbox)`,
    );
    const { depth, oldestAgeMs, poisoned } = await statistics(database.pool, 8);
    expect({ depth, poisoned }).toEqual({ depth: 3, poisoned: 1 });
    expect(oldestAgeMs).toBeGreaterThanOrEqual(60_000);
  });

  describe('a change of a schedule', () => {
    type Change = ScheduleMessage['payload']['change'];
    const settings = {
      cron: '0 2 * * *',
      timeZone: 'UTC',
      overlap: 'skip',
      catchUpMs: 0,
      skipDates: [],
      input: {},
    } as const;

    function owe(change: Change, pauseNote: string | null = null): Promise<void> {
      const payload = { id: 'nightly', settings, change, pauseNote };
      return transaction(database.pool, (tx) => oweScheduleChange(tx, payload));
    }

    it.each<[Change[], Change, string | null, Change]>([
      [['set'], 'set', null, 'set'],
      [['set', 'set'], 'remove', null, 'remove'],
      [['pause'], 'set', 'paused by ops', 'pause'],
      [['set', 'pause'], 'resume', null, 'resume'],
      [['remove'], 'set', null, 'resume'],
    ])('stands for %j that have not arrived: %s, with the note %j, goes out as %s', async (...example) => {
      const [earlier, change, pauseNote, expected] = example;
      for (const one of earlier) await owe(one);
      await owe(change, pauseNote);
      expect(await owed()).toEqual([expected]);
    });

    it('waits for one that is on its way, which is not tried again when it fails', async () => {
      await owe('set');
      const [first] = await takeChanges();
      await owe('remove');
      expect(await owed()).toEqual(['set', 'remove']);
      expect(await takeChanges()).toEqual([]);
      await putOff(database.pool, [{ id: first?.id ?? 0, attempts: 9, delayMs: 60_000, error: 'refused' }]);
      expect(await takeChanges()).toMatchObject([{ payload: { change: 'remove' } }]);
    });
  });
});
