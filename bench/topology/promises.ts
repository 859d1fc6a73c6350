import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import type { Buyer } from '../shop/load.ts';

/** Everything that clients were told and that is not so. */
export async function brokenPromises(pool: Pool, buyers: readonly Buyer[], since: Date): Promise<string[]> {
  const found = await query<{ id: string }>(pool, sql`select id from orders where created_at >= ${since}`);
  const orders = new Set(found.map(({ id }) => id));
  const promised = new Set(buyers.flatMap(idsOf));
  return [
    ...buyers.flatMap(dishonesties),
    ...[...promised]
      .filter((id) => !orders.has(id))
      .map((id) => `the order ${id} was promised and is not there`),
    ...[...orders].filter((id) => !promised.has(id)).map((id) => `nobody was told of the order ${id}`),
  ];
}

function dishonesties(buyer: Buyer): string[] {
  const dishonest = buyer.tries
    .filter(({ honest }) => !honest)
    .map(({ outcome }) => `an answer of ${outcome} is not honest`);
  const ids = idsOf(buyer);
  return ids.length === 1
    ? dishonest
    : [...dishonest, `one key was answered with ${ids.length} orders (${ids.join(', ')})`];
}

function idsOf({ tries }: Buyer): string[] {
  return [...new Set(tries.flatMap(({ orderId }) => orderId ?? []))];
}
