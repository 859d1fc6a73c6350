import { z } from 'zod';
import { askCallbacksToRecover } from '../../../db/webhooks/destinations.ts';
import { oldestIdAt } from '../../../domain/ids.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { time } from '../../schemas/fields.ts';

const example = { origin: 'https://shop.example', since: '2026-01-15T09:30:00.000Z' };

const recovery = z.strictObject({
  origin: z
    .url()
    .refine(
      (text) => URL.parse(text)?.origin === text.toLowerCase(),
      'must be a scheme, a host and at most a port',
    )
    .toLowerCase()
    .meta({
      description: 'Of the callbacks’ URLs, whichever API key asked for them.',
      example: example.origin,
    }),
  since: time.meta({ description: 'What was owed there then or later. RFC 3339, UTC.' }),
});

export const recoverCallbacks = endpoint({
  method: 'post',
  path: '/callbacks/recover',
  operationId: 'recoverCallbacks',
  tag: 'Webhook endpoints',
  access: 'ops',
  summary: 'Send every callback to a host once more that has failed since a time',
  description:
    'For a receiver that works again: what failed for good, and what waits for its next attempt, is sent at once and with all its attempts anew.',
  body: recovery,
  bodyExample: example,
  responses: { 202: { description: 'It will be sent.', body: recovery, example } },
  problems: ['unknown-callback-origin'],
  async handle({ body }, { pool, webhooks }) {
    const found = await askCallbacksToRecover(pool, body.origin, oldestIdAt(new Date(body.since)));
    if (found === 0) throw new Problem('unknown-callback-origin');
    webhooks.wake();
    return { status: 202, body };
  },
});
