import { z } from 'zod';
import { changeAddress } from '../../../db/orders/change-address.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleOrder, exampleOrderBody } from '../../document/examples.ts';
import { address } from '../../schemas/fields.ts';
import { order } from '../../schemas/order.ts';
import { command } from './command.ts';
import { orderParams } from './params.ts';

export const changeOrder = endpoint({
  method: 'patch',
  path: '/orders/{id}',
  operationId: 'changeOrder',
  tag: 'Orders',
  access: 'orders:write',
  summary: 'Change where an order goes',
  description:
    'As long as its label has not been bought and is not being bought: after that the parcel goes where the label says.',
  params: orderParams,
  unknown: 'unknown-order',
  body: z.strictObject({ shippingAddress: address }),
  bodyExample: { shippingAddress: exampleOrder.shippingAddress },
  guarded: true,
  responses: { 200: { description: 'The order as it is now.', body: order, example: exampleOrderBody } },
  problems: ['unknown-order', 'command-refused'],
  async handle({ params, body, caller, trace, ifMatch }, context) {
    const asked = { orderId: params.id, requestedBy: caller.name, reason: null };
    const changed = await command(context, { ...asked, kind: 'change address', trace, ifMatch }, (tx) =>
      changeAddress(tx, asked, body.shippingAddress),
    );
    return { ...changed, status: 200 };
  },
});
