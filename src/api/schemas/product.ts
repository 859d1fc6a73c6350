import { z } from 'zod';
import { sku } from './fields.ts';
import { price } from './money.ts';
import { line } from './text.ts';

/** The heaviest parcel that carriers take, in grams; the table holds the same. */
const maxWeightGrams = 70_000;
export const defaultWeightGrams = 500;

const weightGrams = z.int().min(1).max(maxWeightGrams).meta({ example: 380 });

export const newProduct = z
  .strictObject({
    sku,
    name: line(200).meta({ example: 'Mug, white' }),
    price,
    weightGrams: weightGrams
      .optional()
      .meta({ description: `Of one piece; ${defaultWeightGrams} where it is not given.` }),
  })
  .meta({ id: 'NewProduct' });

export const product = z.strictObject({ sku, name: z.string(), price, weightGrams }).meta({ id: 'Product' });
