import { isDeepStrictEqual } from 'node:util';
import { addProduct, findProduct } from '../../../db/products/catalogue.ts';
import { once } from '../../../db/idempotency.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleProduct } from '../../document/examples.ts';
import { answerOfRepeat } from '../../http/repeats.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { defaultWeightGrams, newProduct, product } from '../../schemas/product.ts';

export const createProduct = endpoint({
  method: 'post',
  path: '/products',
  operationId: 'createProduct',
  tag: 'Catalogue',
  access: 'ops',
  summary: 'Add a product',
  description: 'Repeating it with the same data changes nothing.',
  repeatable: true,
  body: newProduct,
  bodyExample: exampleProduct,
  responses: {
    200: {
      description: 'It was there already.',
      body: product,
      headers: replayHeaders,
      example: exampleProduct,
    },
    201: {
      description: 'It is in the catalogue.',
      body: product,
      headers: replayHeaders,
      example: exampleProduct,
    },
  },
  problems: ['product-exists'],
  async handle({ body, repeatable }, { pool }) {
    const wanted = { ...body, weightGrams: body.weightGrams ?? defaultWeightGrams };
    const result = await once(pool, repeatable, async (tx) => {
      if (await addProduct(tx, wanted)) return { status: 201, headers: {}, body: wanted };
      if (!isDeepStrictEqual(await findProduct(tx, wanted.sku), wanted)) throw new Problem('product-exists');
      return { status: 200, headers: {}, body: wanted };
    });
    return answerOfRepeat(result);
  },
});
