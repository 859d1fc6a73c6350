import { z } from 'zod';
import { askToRecover } from '../../../db/webhooks/destinations.ts';
import { oldestIdAt } from '../../../domain/ids.ts';
import { endpoint } from '../../endpoint.ts';
import { time } from '../../schemas/fields.ts';
import { enabledEndpoint } from './enabled-endpoint.ts';
import { endpointParams } from './params.ts';

const since = time.meta({ description: 'What was owed to it then or later. RFC 3339, UTC.' });

export const recoverWebhooks = endpoint({
  method: 'post',
  path: '/webhook-endpoints/{id}/recover',
  operationId: 'recoverWebhooks',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Send everything once more that has failed since a time',
  description:
    'For an endpoint that works again: what failed for good, and what waits for its next attempt, is sent at once and with all its attempts anew.',
  params: endpointParams,
  unknown: 'unknown-webhook-endpoint',
  body: z.strictObject({ since }),
  bodyExample: { since: '2026-01-15T09:30:00.000Z' },
  responses: {
    202: {
      description: 'It will be sent.',
      body: z.strictObject({ since }),
      example: { since: '2026-01-15T09:30:00.000Z' },
    },
  },
  problems: ['unknown-webhook-endpoint', 'webhook-endpoint-disabled'],
  async handle({ params: { id }, body }, { pool, webhooks }) {
    await enabledEndpoint(pool, id);
    await askToRecover(pool, id, oldestIdAt(new Date(body.since)));
    webhooks.wake();
    return { status: 202, body };
  },
});
