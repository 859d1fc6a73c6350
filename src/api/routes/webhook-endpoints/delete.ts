import { transaction } from '../../../db/pool.ts';
import { deleteEndpoint, lockEndpoint } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { assertMatches } from '../../http/etag.ts';
import { Problem } from '../../problems/errors.ts';
import { endpointBody } from './body.ts';
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
  guarded: true,
  responses: { 204: { description: 'It is deleted.', empty: true } },
  problems: ['unknown-webhook-endpoint'],
  async handle({ params: { id }, ifMatch }, { pool }) {
    await transaction(pool, async (tx) => {
      const before = await lockEndpoint(tx, id);
      if (!before) throw new Problem('unknown-webhook-endpoint');
      assertMatches(ifMatch, endpointBody(before));
      await deleteEndpoint(tx, id);
    });
    return { status: 204 };
  },
});
