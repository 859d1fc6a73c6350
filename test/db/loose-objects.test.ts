import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  dropObjects,
  expectObject,
  findLostObjects,
  forgetObjects,
  keepObjects,
  renewObjects,
} from '../../src/db/loose-objects.ts';
import { transaction } from '../../src/db/pool.ts';
import { isKey } from '../../src/storage/key.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const keep = (...keys: string[]) => transaction(database.pool, (tx) => keepObjects(tx, keys));
const lost = () => findLostObjects(database.pool, 10);

async function outlive(key: string): Promise<void> {
  await database.pool.query('update loose_objects set remove_after = clock_timestamp() where key = $1', [
    key,
  ]);
}

describe('a loose object', () => {
  test.each([
    ['uploads/019aab30-6f5e-7d4c-9b3a-291807f6e5d4'],
    ['photos/a/b-64.webp'],
    ['a'.repeat(300)],
    ['a'.repeat(301)],
    ['/a'],
    ['.a'],
    ['a b'],
    ['ä'],
    [''],
  ])('is written down under %j exactly where the store takes such a key', async (key) => {
    const written = await expectObject(database.pool, key).then(
      () => true,
      () => false,
    );
    expect(written).toBe(isKey(key));
  });

  test('is lost when nobody has kept it in time, until it is forgotten', async () => {
    await expectObject(database.pool, 'late');
    expect(await lost()).toEqual([]);
    await outlive('late');
    expect(await lost()).toEqual(['late']);
    await expect(keep('late')).rejects.toThrow('too long');
    await forgetObjects(database.pool, ['late']);
    expect(await lost()).toEqual([]);
  });

  test('is lost no more once a commit keeps it, and stays loose when that is rolled back', async () => {
    await expectObject(database.pool, 'kept');
    const failing = transaction(database.pool, async (tx) => {
      await keepObjects(tx, ['kept']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await keep('kept');
    await expect(keep('kept')).rejects.toThrow('too long');
  });

  test('has all its time again when it is renewed, unless it was lost or kept', async () => {
    const soon = `update loose_objects set remove_after = clock_timestamp() + interval '1 minute' where key = $1`;
    const inAnHour = `select 1 from loose_objects where key = $1 and remove_after > clock_timestamp() + interval '1 hour'`;
    const renew = (...keys: string[]) => renewObjects(database.pool, keys);
    for (const key of ['first', 'second']) await expectObject(database.pool, key);
    await database.pool.query(soon, ['first']);
    expect(await renew('first', 'second')).toBe(true);
    expect((await database.pool.query(inAnHour, ['first'])).rows).toHaveLength(1);
    await outlive('second');
    expect([await renew('first', 'second'), await renew('second')]).toEqual([false, false]);
    await keep('first');
    expect(await renew('first')).toBe(false);
    await forgetObjects(database.pool, ['second']);
  });

  test('that is given up is lost at once, whether it was kept before or not', async () => {
    await dropObjects(database.pool, ['once-kept']);
    await expectObject(database.pool, 'never-kept');
    await dropObjects(database.pool, ['never-kept']);
    expect((await lost()).toSorted()).toEqual(['never-kept', 'once-kept']);
    await forgetObjects(database.pool, ['never-kept', 'once-kept']);
  });
});
