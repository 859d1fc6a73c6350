import { z } from 'zod';
import { resolve, resolveActions } from '../../../db/orders/commands.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleOrderBody } from '../../document/examples.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { order } from '../../schemas/order.ts';
import { prose } from '../../schemas/text.ts';
import { command } from './command.ts';
import { orderParams } from './params.ts';

export const resolveOrder = endpoint({
  method: 'post',
  path: '/orders/{id}/resolve',
  operationId: 'resolveOrder',
  tag: 'Operations',
  access: 'ops',
  summary: 'Decide about an order that needs attention',
  description:
    '`retry` tries the step again, `cancel` cancels the order. `skip` leaves out what was settled by hand: the undo of a payment, a refund or a label, which the operator has seen to at the provider, or the wait for a parcel in trouble. A step that the order cannot go on without is never skipped.',
  params: orderParams,
  unknown: 'unknown-order',
  body: z.strictObject({ action: z.enum(resolveActions), note: prose(maxReasonCharacters) }),
  bodyExample: { action: 'retry', note: 'the carrier is back' },
  guarded: true,
  responses: { 202: { description: 'The decision is accepted.', body: order, example: exampleOrderBody } },
  problems: ['unknown-order', 'command-refused'],
  async handle({ params, body, caller, trace, ifMatch }, context) {
    const asked = { orderId: params.id, requestedBy: caller.name, reason: body.note };
    return command(context, { ...asked, kind: `resolve ${body.action}`, trace, ifMatch }, (tx) =>
      resolve(tx, asked, body.action),
    );
  },
});
