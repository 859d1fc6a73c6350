import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { orderStatuses, type OrderStatus } from '../../domain/order.ts';
import { query, type Db } from '../pool.ts';
import { selectOrders, toView, type OrderRow, type OrderView } from './read.ts';

/** Which orders; what is absent makes no difference. */
export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  readonly needsAttention?: boolean | undefined;
  /** However it is written. */
  readonly customerEmail?: string | undefined;
  /** At that time or later. */
  readonly createdAfter?: Date | undefined;
  /** Before that time. */
  readonly createdBefore?: Date | undefined;
}

/** Where a page ended: the order's creation in microseconds since 1970, which is as exact as Postgres is, and its id. */
export interface PageEnd {
  readonly createdMicros: number;
  readonly id: string;
}

/** A page of up to 101 orders, the newest first: those that come after `after`, or the first ones. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  after: PageEnd | null,
  limit: number,
): Promise<{ orders: OrderView[]; ends: PageEnd[] }> {
  const rows = await query<OrderRow & { createdMicros: number }>(db, ordersPage(filter, after, limit));
  return {
    orders: rows.map(toView),
    ends: rows.map(({ createdMicros, orderId }) => ({ createdMicros, id: orderId })),
  };
}

/** The most that one page gives; in the text, because of a parameter the planner expects a tenth of all orders. */
const maxPageRows = 101;

/** The statement: first the page by an index, then what belongs to its orders. */
export function ordersPage(filter: OrderFilter, after: PageEnd | null, limit: number): Sql {
  const conditions = conditionsOf(filter, after);
  const where = conditions.length === 0 ? empty : sql`where ${join(conditions, ' and ')}`;
  return sql`select whole.*, (extract(epoch from page.created_at) * 1000000)::bigint as "createdMicros"
    from (
      select * from (
        select id, created_at from orders ${where} order by created_at desc, id desc limit ${raw(String(maxPageRows))}
      ) few limit ${limit}
    ) page
    join lateral (${selectOrders} where o.id = page.id) whole on true
    order by page.created_at desc, page.id desc`;
}

const statusLiterals: Readonly<Record<string, Sql>> = Object.fromEntries(
  orderStatuses.map((status) => [status, raw(`'${status}'`)]),
);

function conditionsOf(filter: OrderFilter, after: PageEnd | null): Sql[] {
  if (after === null) return filterOrders(filter);
  return [...filterOrders(filter), sql`(created_at, id) < (${pageEndTime(after)}, ${after.id}::uuid)`];
}

export function pageEndTime({ createdMicros }: PageEnd): Sql {
  return sql`timestamptz 'epoch' + ${createdMicros}::bigint * interval '1 microsecond'`;
}

/** What a partial index goes by stands in the text: of a parameter the planner cannot tell that the index has it all. */
export function filterOrders(filter: OrderFilter): Sql[] {
  const { status, needsAttention, customerEmail, createdAfter, createdBefore } = filter;
  return [
    status !== undefined && sql`status = ${statusLiterals[status] ?? empty}`,
    needsAttention === true && sql`attention_since is not null`,
    needsAttention === false && sql`attention_since is null`,
    customerEmail !== undefined && sql`lower(customer_email) = lower(${customerEmail})`,
    createdAfter !== undefined && sql`created_at >= ${createdAfter}`,
    createdBefore !== undefined && sql`created_at < ${createdBefore}`,
  ].filter((condition) => condition !== false);
}
