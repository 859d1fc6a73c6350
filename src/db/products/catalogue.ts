import sql from 'sql-template-tag';
import type { Money } from '../../domain/money.ts';
import { query, queryOne, type Db } from '../pool.ts';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  readonly weightGrams: number;
}

const columns = sql`sku, name, weight_grams as "weightGrams",
  jsonb_build_object('amountMinor', price_minor, 'currency', currency) as price`;

/** Adds a product; false when its SKU is taken. */
export async function addProduct(db: Db, product: Product): Promise<boolean> {
  const { amountMinor, currency } = product.price;
  const row = await queryOne(
    db,
    sql`insert into products (sku, name, price_minor, currency, weight_grams)
        values (${product.sku}, ${product.name}, ${amountMinor}, ${currency}, ${product.weightGrams})
        on conflict (sku) do nothing returning sku`,
  );
  return row !== undefined;
}

export async function findProduct(db: Db, sku: string): Promise<Product | undefined> {
  return queryOne<Product>(db, sql`select ${columns} from products where sku = ${sku}`);
}

/** The products with one of these SKUs, in no order. */
export async function findProducts(db: Db, skus: readonly string[]): Promise<Product[]> {
  return query<Product>(db, sql`select ${columns} from products where sku = any(${skus}::text[])`);
}

/** A page of the catalogue by SKU: what comes after `afterSku`, or the first page. */
export async function listProducts(db: Db, afterSku: string | null, limit: number): Promise<Product[]> {
  return query<Product>(
    db,
    sql`select ${columns} from products
        where sku > ${afterSku ?? ''}
        order by sku limit ${limit}`,
  );
}
