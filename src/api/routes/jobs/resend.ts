import { resend } from '../../../db/webhooks/deliveries.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { resentDelivery } from '../../schemas/webhook-endpoint.ts';
import { callbacksOf } from './callbacks-of.ts';
import { exampleCallback } from './examples.ts';
import { jobDeliveryParams } from './params.ts';

export const resendJobDelivery = endpoint({
  method: 'post',
  path: '/jobs/{id}/deliveries/{deliveryId}/resend',
  operationId: 'resendJobDelivery',
  tag: 'Jobs',
  access: 'jobs:write',
  summary: 'Tell a job’s `callbackUrl` once more how it ended',
  description:
    'However the delivery ended, at once, with all its attempts anew, and under the same `webhook-id`.',
  params: jobDeliveryParams,
  unknown: 'unknown-webhook-delivery',
  responses: {
    202: {
      description: 'It will be told.',
      body: resentDelivery,
      example: { id: exampleCallback.id, status: 'pending' },
    },
  },
  problems: ['unknown-job', 'unknown-webhook-delivery'],
  async handle({ params: { id, deliveryId } }, { pool, webhooks }) {
    const told = await callbacksOf(pool, id);
    const delivery = told.find((one) => one.id === deliveryId);
    if (!delivery || !(await resend(pool, delivery))) throw new Problem('unknown-webhook-delivery');
    webhooks.wake();
    return { status: 202, body: { id: deliveryId, status: 'pending' } } as const;
  },
});
