import { z } from 'zod';
import { cancel } from '../../../db/orders/commands.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleOrderBody } from '../../document/examples.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { order } from '../../schemas/order.ts';
import { prose } from '../../schemas/text.ts';
import { command } from './command.ts';
import { orderParams } from './params.ts';

export const cancelOrder = endpoint({
  method: 'post',
  path: '/orders/{id}/cancel',
  operationId: 'cancelOrder',
  tag: 'Orders',
  access: 'orders:write',
  summary: 'Cancel an order',
  description:
    'Accepted or refused at once, whether Temporal is up or not. An accepted cancel ends in `cancelled`: what was held is released, what was paid is refunded.',
  params: orderParams,
  unknown: 'unknown-order',
  body: z.strictObject({ reason: prose(maxReasonCharacters).optional() }),
  bodyOptional: true,
  bodyExample: { reason: 'ordered twice' },
  guarded: true,
  responses: {
    202: { description: 'The cancel is accepted, now or before.', body: order, example: exampleOrderBody },
  },
  problems: ['unknown-order', 'command-refused'],
  async handle({ params, body, caller, trace, ifMatch }, context) {
    const asked = { orderId: params.id, requestedBy: caller.name, reason: body.reason ?? null };
    return command(context, { ...asked, kind: 'cancel', trace, ifMatch }, (tx) => cancel(tx, asked));
  },
});
