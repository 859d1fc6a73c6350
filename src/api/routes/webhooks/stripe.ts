import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { note } from '../../../db/provider-events.ts';
import { verifyStripeWebhook } from '../../../providers/stripe-webhook.ts';
import { endpoint } from '../../endpoint.ts';
import { maxWebhookBytes } from '../../limits.ts';
import { outcomeOf } from './outcome.ts';
import { taken } from './taken.ts';
import { verified } from './verified.ts';

const provider = 'stripe';

export const stripeWebhook = endpoint({
  method: 'post',
  path: '/webhooks/stripe',
  operationId: 'receiveStripeWebhook',
  tag: 'Webhooks from providers',
  access: 'unmetered',
  summary: 'Take an event of Stripe',
  description: 'Kept once, however often it comes. An event about nothing of ours is taken without effect.',
  rawBody: {
    maxBytes: maxWebhookBytes,
    description: 'A Stripe event, signed as it is.',
    headers: z.object({ 'Stripe-Signature': z.string() }),
  },
  responses: {
    200: { description: 'It is durable.', body: taken, example: { received: true, repeated: false } },
  },
  problems: ['bad-signature'],
  /** The saga asks Stripe itself what an intent is now; the event is noted on the order for people. */
  async handle({ rawBody, headers }, context) {
    const event = verified(provider, context, () =>
      verifyStripeWebhook(rawBody, headers, context.settings.stripeWebhookSecret),
    );
    const { id: eventId, type, createdAt: occurredAt, intentId, orderId: named } = event;
    const { first, orderId } = await note(
      context.pool,
      { provider, eventId, type, occurredAt },
      { intentId, orderId: isUuid(named) ? named : null },
    );
    context.events.webhookReceived({
      provider,
      eventId,
      type,
      orderId,
      outcome: outcomeOf(first, orderId),
    });
    return { status: 200, body: { received: true, repeated: !first } } as const;
  },
});
