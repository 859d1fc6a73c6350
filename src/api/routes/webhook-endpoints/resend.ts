import { resend } from '../../../db/webhooks/deliveries.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { resentDelivery } from '../../schemas/webhook-endpoint.ts';
import { enabledEndpoint } from './enabled-endpoint.ts';
import { exampleDelivery } from './examples.ts';
import { deliveryParams } from './params.ts';

export const resendWebhook = endpoint({
  method: 'post',
  path: '/webhook-endpoints/{id}/deliveries/{deliveryId}/resend',
  operationId: 'resendWebhook',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Send a message once more',
  description: 'However it ended, at once, with all its attempts anew, and under the same `webhook-id`.',
  params: deliveryParams,
  unknown: 'unknown-webhook-delivery',
  responses: {
    202: {
      description: 'It will be sent.',
      body: resentDelivery,
      example: { id: exampleDelivery.id, status: 'pending' },
    },
  },
  problems: ['unknown-webhook-endpoint', 'unknown-webhook-delivery', 'webhook-endpoint-disabled'],
  async handle({ params: { id, deliveryId } }, { pool, webhooks }) {
    await enabledEndpoint(pool, id);
    if (!(await resend(pool, { destinationId: id, id: deliveryId })))
      throw new Problem('unknown-webhook-delivery');
    webhooks.wake();
    return { status: 202, body: { id: deliveryId, status: 'pending' } } as const;
  },
});
