import sql from 'sql-template-tag';
import { query, queryOne, type Db } from '../pool.ts';
import type { OrderEventType } from './events.ts';

/** An event as its readers get it. */
export interface NumberedEvent {
  /** Within the order, from 1, without a gap. */
  readonly number: number;
  readonly type: OrderEventType;
  readonly at: Date;
  readonly durationMs: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How far a reader of an order's events has come: it has those up to `after`. */
export interface EventPosition {
  /** The order's. */
  readonly id: string;
  readonly after: number;
}

/**
 * The next events of each position, up to `limit` a position, in the positions' order. None is missed or given twice
 * however commits interleave: a number is taken under the order's row lock, which is held until the commit, so whoever
 * sees a number sees all before it.
 */
export async function readNextEvents(
  db: Db,
  positions: readonly EventPosition[],
  limit: number,
): Promise<NumberedEvent[][]> {
  const rows = await query<NumberedEvent & { place: number }>(
    db,
    // The upper bound is the limit, because numbers have no gaps; it needs no sort.
    sql`select reader.place, event.number, event.type, event.created_at as at, event.duration_ms as "durationMs", event.data
        from unnest(${positions.map(({ id }) => id)}::uuid[], ${positions.map(({ after }) => after)}::integer[])
          with ordinality as reader (order_id, after, place)
        join order_events as event on event.order_id = reader.order_id
          and event.number between reader.after + 1 and reader.after + ${limit}::integer
        order by reader.place, event.number`,
  );
  const found: NumberedEvent[][] = positions.map(() => []);
  for (const { place, ...event } of rows) found[place - 1]?.push(event);
  return found;
}

const endTypes = ['order.completed', 'order.failed', 'order.cancelled'] as const satisfies OrderEventType[];

/** Whether this is the last event that counts: the order has ended with it, and what follows only tells of that. */
export function isEnd(type: OrderEventType): boolean {
  return endTypes.some((one) => one === type);
}

/** How far an order's events go; undefined when there is no such order. */
export async function findExtent(
  db: Db,
  orderId: string,
): Promise<{ readonly lastNumber: number; readonly endNumber: number | null } | undefined> {
  return queryOne(
    db,
    sql`select last_event_number as "lastNumber",
          (select min(number) from order_events where order_id = orders.id and type = any(${endTypes}::text[])) as "endNumber"
        from orders where id = ${orderId}`,
  );
}
