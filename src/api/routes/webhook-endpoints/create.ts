import { z } from 'zod';
import { once } from '../../../db/idempotency.ts';
import { addEndpoint } from '../../../db/webhooks/endpoints.ts';
import { newWebhookSecret } from '../../../domain/api-key.ts';
import { newId } from '../../../domain/new-id.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { webhookEndpoint, webhookEvents, webhookSecret, webhookUrl } from '../../schemas/webhook-endpoint.ts';
import { furtherUrlErrors, webhookUrlErrors } from '../../webhook-url.ts';
import { endpointBody } from './body.ts';
import { exampleEndpoint, exampleNewEndpoint, exampleSecret } from './examples.ts';
import { answerWithSecret } from './secret-answer.ts';

export const createWebhookEndpoint = endpoint({
  method: 'post',
  path: '/webhook-endpoints',
  operationId: 'createWebhookEndpoint',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Be told of events by webhook',
  description:
    'From its creation on, everything that it asks for is sent to it, each with an id of its own, at least once and in no order. The document’s `webhooks` say what is sent.',
  repeatable: true,
  body: z.strictObject({ url: webhookUrl, events: webhookEvents }).meta({ id: 'NewWebhookEndpoint' }),
  bodyExample: exampleNewEndpoint,
  responses: {
    201: {
      description: 'It will be told.',
      body: webhookEndpoint.extend({ secret: webhookSecret }).meta({ id: 'CreatedWebhookEndpoint' }),
      headers: replayHeaders.extend({ Location: z.string() }),
      example: { ...exampleEndpoint, secret: exampleSecret },
    },
  },
  problems: ['too-many-webhook-endpoints'],
  furtherErrors: furtherUrlErrors,
  async handle({ body, repeatable }, context) {
    const errors = webhookUrlErrors(body.url, '#/url', context);
    if (errors.length > 0) throw invalidInput(errors);
    const id = newId();
    const secret = context.sealer.seal(newWebhookSecret(), id);
    const repeated = await once(context.pool, repeatable, async (tx) => {
      const added = await addEndpoint(tx, { id, ...body, secret });
      if (!added) throw new Problem('too-many-webhook-endpoints');
      const headers = { Location: `/webhook-endpoints/${id}` };
      return { status: 201, headers, body: { ...endpointBody(added), secret } };
    });
    return answerWithSecret(repeated, context.sealer);
  },
});
