import sql, { join, type Sql } from 'sql-template-tag';
import { Failure } from '../../domain/failures.ts';
import { queryOne, type Db } from '../pool.ts';
import { filterOrders, pageEndTime, type OrderFilter, type PageEnd } from './list.ts';

/** The orders of an export: those that the filter lets through, of those that were there when it began. */
export interface ExportedOrders {
  readonly filter: OrderFilter;
  /** Orders from then on are left out. */
  readonly asOf: Date;
}

export interface ExportPage {
  /** A JSON array of rows, each an array of cells as `orderColumns` in domain/table.ts lists them; made by Postgres. */
  readonly rows: string;
  readonly count: number;
  readonly end: PageEnd;
}

/** How many there are; null where counting them takes longer than a statement may. */
export async function countOrders(db: Db, orders: ExportedOrders): Promise<number | null> {
  try {
    const row = await queryOne<{ count: number }>(
      db,
      sql`select count(*)::bigint as count from orders ${whereOf(orders, null)}`,
    );
    return row?.count ?? 0;
  } catch (error) {
    if (error instanceof Failure && error.type === 'DatabaseUnavailable') return null;
    throw error;
  }
}

/** The next page of up to `limit` orders, the oldest first; null after the last one. */
export async function exportPage(
  db: Db,
  orders: ExportedOrders,
  after: PageEnd | null,
  limit: number,
): Promise<ExportPage | null> {
  const page = await queryOne<{ rows: string; count: number; createdMicros: number; id: string }>(
    db,
    sql`with page as (
          select id, status, payment_status, fulfillment_status, customer_id, customer_name, customer_email,
            shipping_address, total_minor, currency, created_at, updated_at
          from orders ${whereOf(orders, after)} order by created_at, id limit ${limit}
        ), last as (
          select id, (extract(epoch from created_at) * 1000000)::bigint as "createdMicros"
          from page order by created_at desc, id desc limit 1
        )
        select json_agg(json_build_array(
            page.id, ${timeText(sql`page.created_at`)}, page.status, page.payment_status, page.fulfillment_status,
            page.customer_id, page.customer_name, page.customer_email, page.shipping_address ->> 'country',
            (select sum(quantity) from order_lines where order_id = page.id),
            page.total_minor, coalesce(p.captured_minor, 0), coalesce(p.refunded_minor, 0), page.currency,
            ${timeText(sql`page.updated_at`)}
          ) order by page.created_at, page.id)::text as rows,
          count(*)::integer as count, last.id, last."createdMicros"
        from last, page left join payments p on p.order_id = page.id
        group by last.id, last."createdMicros"`,
  );
  if (!page) return null;
  const { rows, count, ...end } = page;
  return { rows, count, end };
}

function whereOf({ filter, asOf }: ExportedOrders, after: PageEnd | null): Sql {
  const conditions = [...filterOrders(filter), sql`created_at < ${asOf}`];
  if (after !== null) conditions.push(sql`(created_at, id) > (${pageEndTime(after)}, ${after.id}::uuid)`);
  return sql`where ${join(conditions, ' and ')}`;
}

function timeText(time: Sql): Sql {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
