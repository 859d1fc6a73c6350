import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { noticeActivityId, orderWorkflowId } from '../../src/domain/ids.ts';
import { untilAtRest } from '../shop/books.ts';
import { untilAllEnded } from '../shop/orders.ts';
import type { Shop } from '../shop/open-shop.ts';
import type { Course, Runner } from './runner.ts';
import { send } from './send.ts';

const sku = 'MEASURED';
const plenty = 10_000_000;
const parts = ['api', 'worker-1', 'worker-2', 'temporal', 'postgres', 'stripe', 'easypost', 'mail'];

/** The service with all that it does. Puts a product into the catalogue. */
export async function serviceRunner(shop: Shop): Promise<Runner> {
  const { constellation, pool, storefront } = shop;
  await storefront.offer(sku, plenty);
  return {
    name: 'order-saga',
    sends: false,
    send: (pattern) => send({ api: constellation.urls.api, sku }, pattern),
    async untilAtRest(timeoutMs) {
      // To look whether every mail is sent costs much more, so that comes last.
      await untilAllEnded(shop, timeoutMs);
      await untilAtRest(shop, timeoutMs);
    },
    async courses(ids) {
      const rows = await query<Course & { id: string }>(
        pool,
        sql`select order_id as id,
              max(extract(epoch from created_at) * 1000) filter (where type = 'order.confirmed')::float8 as "confirmedMs",
              max(extract(epoch from created_at) * 1000) filter (where type = 'order.completed')::float8 as "endedMs"
            from order_events where order_id = any(${ids}::uuid[]) group by order_id`,
      );
      return new Map(rows.map(({ id, ...course }) => [id, course]));
    },
    processes: () => Object.fromEntries(parts.map((name) => [name, constellation.part(name).pid ?? 0])),
    runsOf: (id) => ({
      own: orderWorkflowId(id),
      activities: [noticeActivityId(id, 'confirmed'), noticeActivityId(id, 'shipped')],
    }),
  };
}
