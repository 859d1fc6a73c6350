import { z } from 'zod';
import { readStock } from '../../../db/products/inventory.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleInventory } from '../../document/examples.ts';
import { sku } from '../../schemas/fields.ts';
import { inventory } from '../../schemas/inventory.ts';
import { inventoryBody } from './body.ts';

export const getInventory = endpoint({
  method: 'get',
  path: '/inventory/{sku}',
  operationId: 'getInventory',
  tag: 'Catalogue',
  access: 'orders:read',
  summary: 'Read what there is of a product',
  params: z.object({ sku }),
  unknown: 'unknown-product',
  tagged: true,
  responses: { 200: { description: 'The stock now.', body: inventory, example: exampleInventory } },
  problems: ['unknown-product'],
  async handle({ params }, { pool }) {
    const levels = await readStock(pool, params.sku);
    if (!levels) throw new Problem('unknown-product');
    return { status: 200, body: inventoryBody(params.sku, levels) };
  },
});
