import sql from 'sql-template-tag';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';

/** What lies in a warehouse: `available` is what is on hand and not reserved. */
export interface StockLevel {
  readonly warehouse: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

/** The stock of a product in every warehouse; undefined for a product that does not exist. */
export async function readStock(db: Db, sku: string): Promise<StockLevel[] | undefined> {
  const rows = await query<{ warehouse: string | null } & Omit<StockLevel, 'warehouse'>>(
    db,
    sql`select s.warehouse, s.on_hand as "onHand", s.reserved, s.on_hand - s.reserved as available
        from products p left join stock s using (sku)
        where p.sku = ${sku} order by s.warehouse`,
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ warehouse, ...level }) => (warehouse === null ? [] : [{ warehouse, ...level }]));
}

/** Keeps a product's stock as it is until the transaction ends, rows that are yet to come included; false without such a product. */
export async function lockStock(tx: Tx, sku: string): Promise<boolean> {
  const product = await queryOne(tx, sql`select 1 from products where sku = ${sku} for no key update`);
  if (!product) return false;
  await query(tx, sql`select 1 from stock where sku = ${sku} order by warehouse for no key update`);
  return true;
}

/**
 * Sets what is on hand after a count or a delivery, under the row's lock; the difference is a movement: `received` the
 * first time, `adjusted` after it.
 * `below_reserved` when customers have been promised more than that: nothing is changed.
 */
export async function setOnHand(
  tx: Tx,
  stock: { sku: string; warehouse: string; onHand: number },
): Promise<'set' | 'below_reserved' | 'no_such_product'> {
  const { sku, warehouse, onHand } = stock;
  if (!(await lockStock(tx, sku))) return 'no_such_product';
  const first = await execute(
    tx,
    sql`insert into stock (sku, warehouse) values (${sku}, ${warehouse}) on conflict do nothing`,
  );
  const row = await queryOne<{ onHand: number; reserved: number }>(
    tx,
    sql`select on_hand as "onHand", reserved from stock where sku = ${sku} and warehouse = ${warehouse} for no key update`,
  );
  if (!row) throw new Error('a stock row that was in the way is gone');
  if (onHand < row.reserved) return 'below_reserved';
  if (onHand === row.onHand) return 'set';
  await execute(
    tx,
    sql`insert into stock_movements (sku, warehouse, kind, quantity)
        values (${sku}, ${warehouse}, ${first === 1 ? 'received' : 'adjusted'}, ${onHand - row.onHand})`,
  );
  await execute(
    tx,
    sql`update stock set on_hand = ${onHand}, updated_at = clock_timestamp()
        where sku = ${sku} and warehouse = ${warehouse}`,
  );
  return 'set';
}
