import { deleteEndpoint } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { endpointParams } from './params.ts';

export const deleteWebhookEndpoint = endpoint({
  method: 'delete',
  path: '/webhook-endpoints/{id}',
  operationId: 'deleteWebhookEndpoint',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Delete an endpoint',
  description: 'Nothing more is sent to it, and what it was not sent is forgotten.',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  responses: { 204: { description: 'It is deleted.', empty: true } },
  problems: ['unknown-webhook-endpoint'],
  async handle({ params }, { pool }) {
    if (!(await deleteEndpoint(pool, params.id))) throw new Problem('unknown-webhook-endpoint');
    return { status: 204 };
  },
});
