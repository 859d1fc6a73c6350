import { z } from 'zod';
import { once } from '../../../db/idempotency.ts';
import { rotateEndpointSecret } from '../../../db/webhooks/endpoints.ts';
import { newWebhookSecret } from '../../../domain/api-key.ts';
import { defaultSecretGraceHours, maxSecretGraceHours } from '../../../domain/webhook.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { time } from '../../schemas/fields.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { webhookSecret } from '../../schemas/webhook-endpoint.ts';
import { exampleEndpoint, exampleSecret } from './examples.ts';
import { endpointParams } from './params.ts';
import { answerWithSecret } from './secret-answer.ts';

const hourMs = 60 * 60 * 1_000;

export const rotateWebhookSecret = endpoint({
  method: 'post',
  path: '/webhook-endpoints/{id}/rotate-secret',
  operationId: 'rotateWebhookSecret',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Give an endpoint a new secret',
  description:
    'Until `previousSecretUntil` each message carries two signatures, one of each secret, so that the receiver can change over when it likes.',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  repeatable: true,
  body: z.strictObject({
    graceHours: z
      .int()
      .min(0)
      .max(maxSecretGraceHours)
      .default(defaultSecretGraceHours)
      .meta({ description: 'How long the one before goes on signing too.' }),
  }),
  bodyOptional: true,
  bodyExample: { graceHours: defaultSecretGraceHours },
  responses: {
    200: {
      description: 'The new secret signs from now on.',
      body: z.strictObject({ id: z.uuid(), secret: webhookSecret, previousSecretUntil: time }),
      headers: replayHeaders,
      example: {
        id: exampleEndpoint.id,
        secret: exampleSecret,
        previousSecretUntil: '2026-01-16T09:30:00.000Z',
      },
    },
  },
  problems: ['unknown-webhook-endpoint'],
  async handle({ params: { id }, body, repeatable }, { pool, sealer }) {
    const secret = sealer.seal(newWebhookSecret(), id);
    const repeated = await once(pool, repeatable, async (tx) => {
      const until = await rotateEndpointSecret(tx, id, secret, body.graceHours * hourMs);
      if (!until) throw new Problem('unknown-webhook-endpoint');
      return { status: 200, headers: {}, body: { id, secret, previousSecretUntil: until.toISOString() } };
    });
    return answerWithSecret(repeated, sealer);
  },
});
