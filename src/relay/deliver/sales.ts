import type { Pool } from 'pg';
import { recordSales, reverseSales } from '../../db/orders/sales.ts';
import type { Work } from '../work.ts';
import type { SaleEntry } from './deliver.ts';

/** Writes many sales figures at once. Entries of one order never come together, so their order is kept. */
export async function deliverSales(pool: Pool, works: readonly Work<SaleEntry>[]): Promise<void> {
  const idsOf = (wanted: SaleEntry['kind']) =>
    works.flatMap(({ entry }) => (entry.kind === wanted ? [entry.id] : []));
  const sold = idsOf('sale');
  const reversed = idsOf('sale_reversed');
  if (sold.length > 0) await recordSales(pool, sold);
  if (reversed.length > 0) await reverseSales(pool, reversed);
}
