import { z } from 'zod';
import { sku, warehouse } from './fields.ts';

const level = {
  onHand: z.int(),
  reserved: z.int().meta({ description: 'Promised to customers, and not shipped yet.' }),
  available: z.int().meta({ description: 'On hand and not reserved.' }),
};

/** What there is of a product, per warehouse and in all. */
export const inventory = z
  .strictObject({ sku, ...level, warehouses: z.array(z.strictObject({ warehouse, ...level })) })
  .meta({ id: 'Inventory' });
