import { z } from 'zod';
import { transaction } from '../../../db/pool.ts';
import { changeEndpoint, lockEndpoint } from '../../../db/webhooks/endpoints.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { assertMatches } from '../../http/etag.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { webhookEndpoint, webhookEvents, webhookUrl } from '../../schemas/webhook-endpoint.ts';
import { furtherUrlErrors, webhookUrlErrors } from '../../webhook-url.ts';
import { endpointBody } from './body.ts';
import { exampleEndpoint, exampleNewEndpoint } from './examples.ts';
import { endpointParams } from './params.ts';

export const changeWebhookEndpoint = endpoint({
  method: 'put',
  path: '/webhook-endpoints/{id}',
  operationId: 'changeWebhookEndpoint',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Change, disable or enable an endpoint',
  description:
    'What happens while it is disabled is kept for it. Once it is enabled, that is sent, and what was under way goes on where it was; what had failed for good waits for a `recover`.',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  body: z
    .strictObject({ url: webhookUrl, events: webhookEvents, enabled: z.boolean().default(true) })
    .meta({ id: 'WebhookEndpointChange' }),
  bodyExample: { ...exampleNewEndpoint, enabled: true },
  guarded: true,
  responses: { 200: { description: 'It is changed.', body: webhookEndpoint, example: exampleEndpoint } },
  problems: ['unknown-webhook-endpoint'],
  furtherErrors: furtherUrlErrors,
  async handle({ params, body, ifMatch }, context) {
    const errors = webhookUrlErrors(body.url, '#/url', context);
    if (errors.length > 0) throw invalidInput(errors);
    const changed = await transaction(context.pool, async (tx) => {
      const before = await lockEndpoint(tx, params.id);
      if (!before) throw new Problem('unknown-webhook-endpoint');
      assertMatches(ifMatch, endpointBody(before));
      return changeEndpoint(tx, params.id, body);
    });
    context.webhooks.wake();
    return { status: 200, body: endpointBody(changed) };
  },
});
