import { z } from 'zod';
import { listProducts } from '../../../db/products/catalogue.ts';
import { cursorTo, pageQuery, pageHeaders, readCursor } from '../../bodies/page.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleProduct } from '../../document/examples.ts';
import { sku } from '../../schemas/fields.ts';
import { product } from '../../schemas/product.ts';

export const listCatalogue = endpoint({
  method: 'get',
  path: '/products',
  operationId: 'listProducts',
  tag: 'Catalogue',
  access: 'orders:read',
  summary: 'List the catalogue by SKU',
  query: pageQuery,
  tagged: true,
  responses: {
    200: {
      description: 'A page of products.',
      body: z
        .strictObject({ items: z.array(product), nextCursor: z.string().nullable() })
        .meta({ id: 'ProductPage' }),
      headers: pageHeaders,
      example: { items: [exampleProduct], nextCursor: null },
    },
  },
  problems: ['invalid-input'],
  async handle({ query }, { pool }) {
    const { limit, cursor } = query;
    const after = cursor === undefined ? null : readCursor(cursor, sku);
    // One more than asked for tells whether there is a next page.
    const found = await listProducts(pool, after, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return { status: 200, body: { items, nextCursor: null } };
    const nextCursor = cursorTo(last.sku);
    const next = new URLSearchParams({ limit: String(limit), cursor: nextCursor });
    return {
      status: 200,
      body: { items, nextCursor },
      headers: { Link: `</products?${next.toString()}>; rel="next"` },
    };
  },
});
