import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { verifyBooks } from '../shop/books.ts';
import type { Shop } from '../shop/open-shop.ts';
import type { Reply } from '../shop/http-client.ts';
import type { Placed } from '../shop/storefront.ts';
import type { Scenario } from './scenario.ts';

export interface SameKeyOptions {
  readonly atOnce: number;
  readonly keys: number;
  readonly timeoutMs: number;
}

/** The same POST with the same key many times at once: one order, one 202, and replays of it or 409s. */
export const sameKey: Scenario<SameKeyOptions> = {
  full: { atOnce: 50, keys: 20, timeoutMs: 60_000 },
  async run(shop, { atOnce, keys, timeoutMs }, report) {
    const before = await countOrders(shop);
    const tally = { accepted: 0, replayed: 0, inFlight: 0 };
    for (let key = 0; key < keys; key += 1) {
      const kinds = await storm(shop, randomUUID(), atOnce);
      assert.equal(kinds.get('accepted'), 1, 'answers 202 that are no replay');
      tally.accepted += 1;
      tally.replayed += kinds.get('replayed') ?? 0;
      tally.inFlight += kinds.get('inFlight') ?? 0;
    }
    report(`${keys} keys, ${atOnce} at once: ${JSON.stringify(tally)}`);
    assert.equal((await countOrders(shop)) - before, keys, 'orders');
    const { summary } = await verifyBooks(shop, timeoutMs);
    report(summary);
    return summary;
  },
};

async function storm({ storefront }: Shop, key: string, atOnce: number): Promise<Map<string, number>> {
  const replies = await Promise.all(Array.from({ length: atOnce }, () => storefront.place({}, key)));
  const accepted = replies.filter(({ status }) => status === 202);
  assert.equal(new Set(accepted.map(({ body }) => body.orderId)).size, 1, 'orders answered to one key');
  return new Map([...Map.groupBy(replies, kindOf)].map(([kind, some]) => [kind, some.length]));
}

function kindOf({ status, headers }: Reply<Placed>): string {
  if (status === 202) return headers['idempotent-replay'] === 'true' ? 'replayed' : 'accepted';
  assert.equal(status, 409);
  assert.ok(Number(headers['retry-after']) > 0, 'a 409 says when to come back');
  return 'inFlight';
}

async function countOrders({ pool }: Shop): Promise<number> {
  const [row] = await query<{ count: number }>(pool, sql`select count(*) as count from orders`);
  return row?.count ?? 0;
}
