import { z } from 'zod';
import { lockStock, readStock, setOnHand } from '../../../db/products/inventory.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { mainWarehouse } from '../../../domain/order.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { assertMatches, type IfMatch } from '../../http/etag.ts';
import { exampleInventory } from '../../document/examples.ts';
import { maxOnHand } from '../../limits.ts';
import { sku, warehouse } from '../../schemas/fields.ts';
import { inventory } from '../../schemas/inventory.ts';
import { inventoryBody } from './body.ts';

export const setInventory = endpoint({
  method: 'put',
  path: '/inventory/{warehouse}/{sku}',
  operationId: 'setInventory',
  tag: 'Catalogue',
  access: 'ops',
  summary: 'Set what is on hand in a warehouse',
  description: `The number after a count or a delivery. There is one warehouse, \`${mainWarehouse}\`.`,
  params: z.object({ warehouse, sku }),
  unknown: 'not-found',
  body: z.strictObject({ onHand: z.int().min(0).max(maxOnHand) }),
  bodyExample: { onHand: 120 },
  guarded: true,
  responses: { 200: { description: 'The stock is set.', body: inventory, example: exampleInventory } },
  problems: ['not-found', 'unknown-product', 'unknown-warehouse', 'stock-reserved'],
  async handle({ params, body, ifMatch }, { pool }) {
    // What lay elsewhere would never be sold: every order ships from the one warehouse.
    if (params.warehouse !== mainWarehouse) throw new Problem('unknown-warehouse');
    return transaction(pool, async (tx) => {
      if (ifMatch !== null) await holdToStock(tx, params.sku, ifMatch);
      const result = await setOnHand(tx, { ...params, ...body });
      const levels = await readStock(tx, params.sku);
      if (result === 'no_such_product' || !levels) throw new Problem('unknown-product');
      if (result === 'below_reserved') throw new Problem('stock-reserved');
      return { status: 200, body: inventoryBody(params.sku, levels) } as const;
    });
  },
});

/** Under the locks of the stock, so that nothing comes in between. Throws a `precondition-failed` problem. */
async function holdToStock(tx: Tx, productSku: string, ifMatch: IfMatch): Promise<void> {
  await lockStock(tx, productSku);
  const levels = await readStock(tx, productSku);
  if (levels) assertMatches(ifMatch, inventoryBody(productSku, levels));
}
