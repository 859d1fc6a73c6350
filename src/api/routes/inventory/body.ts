import type { z } from 'zod';
import type { StockLevel } from '../../../db/products/inventory.ts';
import type { inventory } from '../../schemas/inventory.ts';

/** What there is of a product, as it is sent. */
export function inventoryBody(sku: string, levels: readonly StockLevel[]): z.input<typeof inventory> {
  const total = (key: 'onHand' | 'reserved' | 'available') =>
    levels.reduce((all, level) => all + level[key], 0);
  return {
    sku,
    onHand: total('onHand'),
    reserved: total('reserved'),
    available: total('available'),
    warehouses: [...levels],
  };
}
