import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { newId } from '../../domain/new-id.ts';
import { endOf, maxBestSellers, partsOf, type Summary, type SummarySpan } from '../../domain/summary.ts';
import { query, queryOne, transaction, type Db, type Tx } from '../pool.ts';

/**
 * Adds up what was sold and what came in within a span, by the clocks of its place, and keeps it in the place of what was kept
 * before. A sale counts when its order was confirmed, and what was reversed when it was, as in sales_by_day.
 */
export async function makeSummary(pool: Pool, span: SummarySpan): Promise<Summary> {
  const id = await transaction(pool, async (tx) => {
    const made = await writeHead(tx, span);
    await writeSales(tx, made, span);
    return made;
  });
  const summary = await findSummary(pool, id);
  if (!summary) throw new Error(`summary ${id} is gone`);
  return summary;
}

async function writeHead(tx: Tx, span: SummarySpan): Promise<string> {
  const startsAt = partsOf(span)[0] ?? endOf(span);
  const endsAt = endOf(span);
  const { period, firstDay, timeZone } = span;
  const row = await queryOne<{ id: string }>(
    tx,
    sql`with placed as (
          select count(*) as placed, count(*) filter (where status = 'completed') as completed,
            count(*) filter (where status = 'failed') as failed,
            count(*) filter (where status = 'cancelled') as cancelled
          from orders where ${within(sql`created_at`, startsAt, endsAt)}
        ), late as (
          select count(*) as outstanding from outbox
          where kind in ('sale', 'sale_reversed') and ${within(sql`created_at`, startsAt, endsAt)}
        ), best as (
          select sku, currency, sum(quantity) as pieces, sum(amount_minor) as revenue
          from sales where ${within(sql`sold_at`, startsAt, endsAt)} and reversed_at is null
          group by 1, 2 order by 3 desc, 4 desc, 1 limit ${maxBestSellers}
        )
        insert into summaries (id, period, first_day, time_zone, starts_at, ends_at, orders_placed, orders_completed,
          orders_failed, orders_cancelled, sales_outstanding, best_sellers)
        select ${newId()}, ${period}, ${firstDay}, ${timeZone}, ${startsAt}, ${endsAt}, placed, completed, failed,
          cancelled, outstanding, coalesce((
            select jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'currency', best.currency, 'pieces', pieces,
              'revenueMinor', revenue) order by pieces desc, revenue desc, sku) from best join products using (sku)), '[]')
        from placed, late
        on conflict (period, first_day, time_zone) do update set starts_at = excluded.starts_at,
          ends_at = excluded.ends_at, orders_placed = excluded.orders_placed,
          orders_completed = excluded.orders_completed, orders_failed = excluded.orders_failed,
          orders_cancelled = excluded.orders_cancelled, sales_outstanding = excluded.sales_outstanding,
          best_sellers = excluded.best_sellers, made_at = clock_timestamp()
        returning id`,
  );
  if (!row) throw new Error('an insert gave no row');
  return row.id;
}

async function writeSales(tx: Tx, id: string, span: SummarySpan): Promise<void> {
  const bounds = partsOf(span);
  const startsAt = bounds[0] ?? endOf(span);
  const endsAt = endOf(span);
  await query(tx, sql`delete from summary_sales where summary_id = ${id}`);
  await query(
    tx,
    sql`with sold as (
          select currency, width_bucket(sold_at, ${bounds}::timestamptz[]) as part, order_id, quantity, amount_minor,
            false as reversed
          from sales where ${within(sql`sold_at`, startsAt, endsAt)}
          union all
          select currency, width_bucket(reversed_at, ${bounds}::timestamptz[]), order_id, quantity, amount_minor, true
          from sales where ${within(sql`reversed_at`, startsAt, endsAt)}
        ), parts as (
          select currencies.currency, array_agg(coalesce(net, 0) order by part) as parts_minor
          from (select distinct currency from sold) as currencies
          cross join generate_series(1, ${bounds.length}::integer) as part
          left join (
            select currency, part, sum(case when reversed then -amount_minor else amount_minor end)::bigint as net
            from sold group by 1, 2) as sums using (currency, part)
          group by 1
        )
        insert into summary_sales (summary_id, currency, orders, pieces, revenue_minor, reversed_orders,
          reversed_pieces, reversed_minor, parts_minor)
        select ${id}, currency, count(distinct order_id) filter (where not reversed),
          coalesce(sum(quantity) filter (where not reversed), 0),
          coalesce(sum(amount_minor) filter (where not reversed), 0),
          count(distinct order_id) filter (where reversed), coalesce(sum(quantity) filter (where reversed), 0),
          coalesce(sum(amount_minor) filter (where reversed), 0), parts_minor
        from sold join parts using (currency)
        group by currency, parts_minor`,
  );
}

function within(column: Sql, startsAt: Date, endsAt: Date): Sql {
  return sql`${column} >= ${startsAt}::timestamptz and ${column} < ${endsAt}::timestamptz`;
}

const whole: Sql = sql`select id, period, first_day::text as "firstDay", time_zone as "timeZone",
  jsonb_build_object('placed', orders_placed, 'completed', orders_completed, 'failed', orders_failed,
    'cancelled', orders_cancelled) as orders,
  best_sellers as "bestSellers", sales_outstanding as outstanding, made_at as "madeAt",
  coalesce((
    select jsonb_agg(jsonb_build_object('currency', currency, 'orders', orders, 'pieces', pieces,
      'revenueMinor', revenue_minor, 'reversedOrders', reversed_orders, 'reversedPieces', reversed_pieces,
      'reversedMinor', reversed_minor, 'partsMinor', parts_minor) order by revenue_minor desc, currency)
    from summary_sales where summary_id = id), '[]') as sales
  from summaries`;

export async function findSummary(db: Db, id: string): Promise<Summary | undefined> {
  return queryOne<Summary>(db, sql`${whole} where id = ${id}`);
}

/** Those whose first day is in the span, both included, the newest first; of every place where none is named. */
export async function listSummaries(
  db: Db,
  {
    from,
    to,
    period,
    timeZone,
  }: { from: string; to: string; period: Summary['period']; timeZone: string | null },
): Promise<Summary[]> {
  return query<Summary>(
    db,
    sql`${whole} where first_day between ${from}::date and ${to}::date and period = ${period}
        and (${timeZone}::text is null or time_zone = ${timeZone})
        order by first_day desc, time_zone`,
  );
}

/** The mail of a summary to an address is to be sent; false where it has been. */
export async function intendSummaryMail(
  db: Db,
  summaryId: string,
  address: string,
  messageId: string,
): Promise<boolean> {
  const row = await queryOne<{ sent: boolean }>(
    db,
    sql`insert into summary_mails (summary_id, address, message_id) values (${summaryId}, ${address}, ${messageId})
        on conflict (summary_id, address) do update set message_id = summary_mails.message_id
        returning sent_at is not null as sent`,
  );
  return row?.sent === false;
}

export async function markSummaryMailed(db: Db, summaryId: string, address: string): Promise<void> {
  await query(
    db,
    sql`update summary_mails set sent_at = clock_timestamp()
        where summary_id = ${summaryId} and address = ${address} and sent_at is null`,
  );
}
