import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSettler } from '../../src/relay/settler.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keepLines } from '../telemetry/lines.ts';
import { commitStarts, outbox } from './shop.ts';

const silent = createLogger({ level: 'fatal', format: 'json' }, {}, keepLines().destination);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** The database's pool, whose first statements find nobody there. */
function poolAfter(failures: number): { pool: Pool; statements: () => number } {
  let statements = 0;
  const pool = new Proxy(database.pool, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (property !== 'query' || typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        statements += 1;
        if (statements > failures) return Reflect.apply(member, target, args);
        return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
      };
    },
  });
  return { pool, statements: () => statements };
}

it('what was delivered is written down when the database is back, so that it is not delivered again', async () => {
  await commitStarts(database.pool, 3);
  const [first, second, third] = await outbox(database.pool);
  const written: number[] = [];
  const { pool } = poolAfter(3);
  const settler = createSettler(pool, silent, (ids) => written.push(...ids));
  settler.delivered(first?.id ?? 0);
  settler.putOff({ id: second?.id ?? 0, attempts: 1, delayMs: 60_000, error: 'no' });
  settler.giveBack(third?.id ?? 0);
  await settler.settled();
  expect(await outbox(database.pool)).toMatchObject([
    { id: second?.id, attempts: 1 },
    { id: third?.id, attempts: 0 },
  ]);
  expect(written).toEqual([first?.id, second?.id, third?.id]);
});

it('what was delivered at the same time is written down in one statement', async () => {
  await database.pool.query('delete from outbox');
  await commitStarts(database.pool, 20);
  const { pool, statements } = poolAfter(0);
  const settler = createSettler(pool, silent, () => undefined);
  for (const { id } of await outbox(database.pool)) settler.delivered(id);
  await settler.settled();
  expect(await outbox(database.pool)).toEqual([]);
  expect(statements()).toBe(1);
});
