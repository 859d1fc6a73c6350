import { findEndpoint } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { webhookEndpoint } from '../../schemas/webhook-endpoint.ts';
import { endpointBody } from './body.ts';
import { exampleEndpoint } from './examples.ts';
import { endpointParams } from './params.ts';

export const getWebhookEndpoint = endpoint({
  method: 'get',
  path: '/webhook-endpoints/{id}',
  operationId: 'getWebhookEndpoint',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Read an endpoint',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  tagged: true,
  responses: { 200: { description: 'The endpoint.', body: webhookEndpoint, example: exampleEndpoint } },
  problems: ['unknown-webhook-endpoint'],
  async handle({ params }, { pool }) {
    const found = await findEndpoint(pool, params.id);
    if (!found) throw new Problem('unknown-webhook-endpoint');
    return { status: 200, body: endpointBody(found) };
  },
});
