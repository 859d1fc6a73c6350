import { z } from 'zod';
import { deliveryStatuses, listDeliveries } from '../../../db/webhooks/deliveries.ts';
import { findEndpoint } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { cursorTo, pageHeaders, pageQuery, readCursor } from '../../bodies/page.ts';
import { webhookDelivery } from '../../schemas/webhook-endpoint.ts';
import { deliveryBody } from './body.ts';
import { exampleDelivery } from './examples.ts';
import { endpointParams } from './params.ts';

export const listWebhookDeliveries = endpoint({
  method: 'get',
  path: '/webhook-endpoints/{id}/deliveries',
  operationId: 'listWebhookDeliveries',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'List what an endpoint was sent, or is to be sent, the newest first',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  query: pageQuery.extend({ status: z.enum(deliveryStatuses).optional() }),
  tagged: true,
  responses: {
    200: {
      description: 'A page of deliveries.',
      body: z
        .strictObject({ items: z.array(webhookDelivery), nextCursor: z.string().nullable() })
        .meta({ id: 'WebhookDeliveryPage' }),
      headers: pageHeaders,
      example: { items: [exampleDelivery], nextCursor: null },
    },
  },
  problems: ['unknown-webhook-endpoint', 'invalid-input'],
  async handle({ params: { id }, query: { cursor, limit, status } }, { pool }) {
    const after = cursor === undefined ? null : readCursor(cursor, z.uuid());
    if (!(await findEndpoint(pool, id))) throw new Problem('unknown-webhook-endpoint');
    // One more than asked for tells whether there is a next page.
    const found = await listDeliveries(pool, id, status, after, limit + 1);
    const items = found.slice(0, limit).map(deliveryBody);
    const last = items.at(-1);
    if (found.length <= limit || !last) return { status: 200, body: { items, nextCursor: null } };
    const nextCursor = cursorTo(last.id);
    const next = new URLSearchParams({ ...(status && { status }), limit: String(limit), cursor: nextCursor });
    return {
      status: 200,
      body: { items, nextCursor },
      headers: { Link: `</webhook-endpoints/${id}/deliveries?${next.toString()}>; rel="next"` },
    };
  },
});
