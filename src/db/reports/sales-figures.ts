import sql from 'sql-template-tag';
import { query, queryOne, type Db } from '../pool.ts';

export interface SalesSum {
  readonly orders: number;
  readonly pieces: number;
  readonly revenueMinor: number;
}

/** What was sold on a day (in UTC) in one currency, and what was taken back on it, of whatever day it was sold on. */
export interface DailySales {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly currency: string;
  readonly sold: SalesSum;
  readonly reversed: SalesSum;
}

/** The days from one to another, both included, on which something was sold or taken back; the oldest first. */
export async function readDailySales(
  db: Db,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<DailySales[]> {
  return query<DailySales>(
    db,
    sql`select day::text as date, currency,
          jsonb_build_object('orders', orders, 'pieces', pieces, 'revenueMinor', revenue_minor) as sold,
          jsonb_build_object('orders', reversed_orders, 'pieces', reversed_pieces, 'revenueMinor', reversed_minor)
            as reversed
        from sales_by_day
        where day between ${from}::date and ${to}::date
        order by sales_by_day.day, currency`,
  );
}

export const rankings = ['quantity', 'revenue'] as const;
export type Ranking = (typeof rankings)[number];

export interface ProductSales {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly revenueMinor: number;
}

/**
 * The products that sold best since the day `from`, or ever where it is null, without what was taken back since. Amounts of
 * two currencies don't compare, so a board has one: that asked for, else the one in which most pieces were sold; null where
 * nothing was.
 */
export async function readLeaderboard(
  db: Db,
  board: {
    readonly by: Ranking;
    readonly from: string | null;
    readonly currency: string | null;
    readonly limit: number;
  },
): Promise<{ readonly currency: string | null; readonly items: ProductSales[] }> {
  const { by, from, limit } = board;
  const currency = board.currency ?? (await findMainCurrency(db, from));
  const source =
    from === null
      ? sql`product_sales where currency = ${currency}`
      : sql`product_sales_by_day where currency = ${currency} and day >= ${from}::date`;
  const items = await query<ProductSales>(
    db,
    sql`with best as (
          select sku, sum(quantity)::bigint as quantity, sum(revenue_minor)::bigint as revenue
          from ${source}
          group by sku
          having sum(quantity) > 0
          order by ${by === 'quantity' ? sql`2 desc, 3 desc` : sql`3 desc, 2 desc`}, sku
          limit ${limit}
        )
        select sku, products.name, quantity, revenue as "revenueMinor"
        from best join products using (sku)
        order by ${by === 'quantity' ? sql`quantity desc, revenue desc` : sql`revenue desc, quantity desc`}, sku`,
  );
  return { currency, items };
}

async function findMainCurrency(db: Db, from: string | null): Promise<string | null> {
  const row = await queryOne<{ currency: string }>(
    db,
    sql`select currency from sales_by_day where day >= coalesce(${from}::date, '-infinity')
        group by currency order by sum(pieces) - sum(reversed_pieces) desc, currency limit 1`,
  );
  return row?.currency ?? null;
}
