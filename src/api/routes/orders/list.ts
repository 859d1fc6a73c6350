import { z } from 'zod';
import { listOrders, type OrderFilter, type PageEnd } from '../../../db/orders/list.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleOrderBody } from '../../document/examples.ts';
import { orderBody } from '../../bodies/order.ts';
import { cursorTo, pageHeaders, pageQuery, readCursor } from '../../bodies/page.ts';
import { email, time } from '../../schemas/fields.ts';
import { order, orderStatus } from '../../schemas/order.ts';

const moment = time.transform((text) => new Date(text));

const query = pageQuery.extend({
  status: orderStatus.optional(),
  needsAttention: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Whether an operator has to decide about it.' }),
  customerEmail: email.optional().meta({ description: 'However it is written.' }),
  createdAfter: moment.optional().meta({ description: 'Then or later, RFC 3339 in UTC.' }),
  createdBefore: moment.optional().meta({ description: 'Earlier than that, RFC 3339 in UTC.' }),
});

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Where a page ended, as its cursor holds it: microseconds and an id. */
const pageEnd = z
  .string()
  .regex(new RegExp(`^\\d{1,16}\\.${uuid}$`))
  .transform((text): PageEnd => {
    const [micros = '', id = ''] = text.split('.');
    return { createdMicros: Number(micros), id };
  });

export const listAllOrders = endpoint({
  method: 'get',
  path: '/orders',
  operationId: 'listOrders',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'List orders, the newest first',
  description: 'Filters add up. A page goes on where the one before ended, whatever has been placed since.',
  query,
  tagged: true,
  responses: {
    200: {
      description: 'A page of orders.',
      body: z
        .strictObject({ items: z.array(order), nextCursor: z.string().nullable() })
        .meta({ id: 'OrderPage' }),
      headers: pageHeaders,
      example: { items: [exampleOrderBody], nextCursor: null },
    },
  },
  problems: ['invalid-input'],
  async handle({ query: { cursor, limit, ...filter } }, context) {
    const after = cursor === undefined ? null : readCursor(cursor, pageEnd);
    // One more than asked for tells whether there is a next page.
    const { orders, ends } = await listOrders(context.pool, filter, after, limit + 1);
    const items = orders.slice(0, limit).map((view) => orderBody(view, context));
    const last = ends[limit - 1];
    if (orders.length <= limit || !last) return { status: 200, body: { items, nextCursor: null } };
    const nextCursor = cursorTo(`${last.createdMicros}.${last.id}`);
    return {
      status: 200,
      body: { items, nextCursor },
      headers: { Link: `</orders?${nextQuery(filter, limit, nextCursor)}>; rel="next"` },
    };
  },
});

function nextQuery(filter: OrderFilter, limit: number, cursor: string): string {
  const { createdAfter, createdBefore, needsAttention, ...rest } = filter;
  const all = {
    ...rest,
    needsAttention: needsAttention?.toString(),
    createdAfter: createdAfter?.toISOString(),
    createdBefore: createdBefore?.toISOString(),
    limit: String(limit),
    cursor,
  };
  const given = Object.entries(all).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return new URLSearchParams(given).toString();
}
