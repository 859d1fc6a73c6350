import { readOrder } from '../../../db/orders/read.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleOrderBody } from '../../document/examples.ts';
import { orderBody } from '../../bodies/order.ts';
import { order } from '../../schemas/order.ts';
import { orderParams } from './params.ts';

export const getOrder = endpoint({
  method: 'get',
  path: '/orders/{id}',
  operationId: 'getOrder',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'Read an order',
  params: orderParams,
  unknown: 'unknown-order',
  tagged: true,
  responses: { 200: { description: 'The order as it is now.', body: order, example: exampleOrderBody } },
  problems: ['unknown-order'],
  async handle({ params }, context) {
    const view = await readOrder(context.pool, params.id);
    if (!view) throw new Problem('unknown-order');
    return { status: 200, body: orderBody(view, context) };
  },
});
