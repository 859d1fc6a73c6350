import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { webhookDelivery } from '../../schemas/webhook-endpoint.ts';
import { deliveryBody } from '../webhook-endpoints/body.ts';
import { callbacksOf } from './callbacks-of.ts';
import { exampleCallback } from './examples.ts';
import { jobParams } from './params.ts';

export const listJobDeliveries = endpoint({
  method: 'get',
  path: '/jobs/{id}/deliveries',
  operationId: 'listJobDeliveries',
  tag: 'Jobs',
  access: ['jobs:read', 'ops'],
  summary: 'List what was told to a job’s `callbackUrl`, or is to be told, the newest first',
  description:
    'One for each end of the job: a job that is retried has several. Empty where it has no `callbackUrl`, and once they are forgotten.',
  params: jobParams,
  unknown: 'unknown-job',
  tagged: true,
  responses: {
    200: {
      description: 'What was told, with the attempts at each.',
      body: z.strictObject({ items: z.array(webhookDelivery) }).meta({ id: 'JobDeliveries' }),
      example: { items: [exampleCallback] },
    },
  },
  problems: ['unknown-job'],
  async handle({ params: { id } }, { pool }) {
    const told = await callbacksOf(pool, id);
    return { status: 200, body: { items: told.map(deliveryBody) } };
  },
});
