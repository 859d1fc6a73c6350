import { z } from 'zod';
import { listEndpoints } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { webhookEndpoint } from '../../schemas/webhook-endpoint.ts';
import { endpointBody } from './body.ts';
import { exampleEndpoint } from './examples.ts';

export const listWebhookEndpoints = endpoint({
  method: 'get',
  path: '/webhook-endpoints',
  operationId: 'listWebhookEndpoints',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'List all endpoints, the newest first',
  tagged: true,
  responses: {
    200: {
      description: 'All of them: there are few.',
      body: z
        .strictObject({ items: z.array(webhookEndpoint), nextCursor: z.null() })
        .meta({ id: 'WebhookEndpoints' }),
      example: { items: [exampleEndpoint], nextCursor: null },
    },
  },
  problems: [],
  async handle(_request, { pool }) {
    const items = (await listEndpoints(pool)).map(endpointBody);
    return { status: 200, body: { items, nextCursor: null } };
  },
});
