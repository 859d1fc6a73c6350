import { afterAll, beforeAll, expect, test } from 'vitest';
import { raiseAttention } from '../../src/db/orders/life.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import type { Answer } from './call.ts';
import { customer, newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
/** In the order of their acceptance. */
const ids: string[] = [];
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
  for (let index = 0; index < 12; index += 1) {
    const email = index % 3 === 0 ? 'Grace+shop@Example.com' : customer.email;
    const { body } = await api.call('POST /orders', { json: newOrder({ customer: { ...customer, email } }) });
    ids.push(String(body.orderId));
  }
  await api.pool.query(`update orders set status = 'processing' where id = any($1)`, [ids.slice(0, 6)]);
  await transaction(api.pool, (tx) =>
    raiseAttention(tx, ids[1] ?? '', {
      step: 'capture_payment',
      reason: 'ProviderUnavailable',
      call: newId(),
    }),
  );
});
afterAll(() => api.stop());

const idsOf = ({ body }: Answer) => body.items.map(({ orderId }: { orderId: string }) => orderId);
const list = async (query: string): Promise<string[]> => idsOf(await api.call(`GET /orders?${query}`));
const newest = (some: readonly string[]) => some.toReversed();
const every = (step: number) => ids.filter((_id, index) => index % step === 0);

test('lists whole orders, the newest first', async () => {
  const { status, body, headers } = await api.call('GET /orders');
  expect([status, body.nextCursor, headers.get('link')]).toEqual([200, null, null]);
  expect(idsOf({ status, body, headers })).toEqual(newest(ids));
  const one = await api.call(`GET /orders/${ids[3]}`);
  expect(body.items.at(-4)).toEqual(one.body);
});

test('filters by status, attention, customer and time, and by all of them at once', async () => {
  expect(await list('status=processing')).toEqual(newest(ids.slice(0, 6)));
  expect(await list('status=cancelled')).toEqual([]);
  expect(await list('needsAttention=true')).toEqual([ids[1]]);
  expect(await list('needsAttention=false')).toEqual(newest(ids.filter((id) => id !== ids[1])));
  expect(await list(`customerEmail=${encodeURIComponent('grace+SHOP@example.com')}`)).toEqual(
    newest(every(3)),
  );
  const fourth = await api.call(`GET /orders/${ids[4]}`);
  const at = String(fourth.body.createdAt);
  const before = await list(`createdBefore=${at}`);
  const after = await list(`createdAfter=${at}`);
  expect(after).toContain(ids[4]);
  expect(before).not.toContain(ids[4]);
  expect([...after, ...before]).toEqual(newest(ids));
  expect(
    await list(`status=processing&needsAttention=false&createdAfter=${at}&customerEmail=${customer.email}`),
  ).toEqual(newest([ids[4], ids[5]].filter((id): id is string => id !== undefined)));
});

test('goes from page to page by the link, filters included, and loses nothing to what is placed meanwhile', async () => {
  const seen: string[] = [];
  let next: string | null = '/orders?status=pending&limit=2';
  let pages = 0;
  while (next !== null) {
    const answer: Answer = await api.call(`GET ${next}`);
    seen.push(...idsOf(answer));
    expect(answer.body.items.length).toBeLessThanOrEqual(2);
    next = /^<(.*)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
    expect(next === null).toBe(answer.body.nextCursor === null);
    if (pages === 0) await api.call('POST /orders', { json: newOrder() });
    pages += 1;
  }
  expect(seen).toEqual(newest(ids.slice(6)));
  expect(pages).toBe(3);
});

test.each([
  ['a status that is none', 'status=lost', '#/status'],
  ['attention in other words', 'needsAttention=yes', '#/needsAttention'],
  ['an address that is none', 'customerEmail=ada', '#/customerEmail'],
  ['a time without its zone', 'createdAfter=2026-01-01T00:00:00', '#/createdAfter'],
  ['a day', 'createdBefore=2026-01-01', '#/createdBefore'],
  ['a limit of 101', 'limit=101', '#/limit'],
  ['a cursor of another list', `cursor=${Buffer.from('MUG').toString('base64url')}`, '#/cursor'],
  ['a cursor without an end', `cursor=${'A'.repeat(201)}`, '#/cursor'],
  ['a filter twice', 'status=pending&status=failed', '#/status'],
  ['a filter that is not known', 'sku=MUG', '#/sku'],
])('refuses a list with %s', async (_what, query, pointer) => {
  const { status, body } = await api.call(`GET /orders?${query}`);
  expect(status).toBe(422);
  expect(body.errors).toContainEqual({ pointer, detail: expect.any(String), in: 'query' });
});
