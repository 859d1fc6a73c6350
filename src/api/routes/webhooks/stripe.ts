import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { record } from '../../../db/events.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { attribute, findOrderOfPayment, remember, type ProviderEvent } from '../../../db/provider-events.ts';
import { verifyStripeWebhook, type StripeEvent } from '../../../providers/stripe-webhook.ts';
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
  async handle({ rawBody, headers }, context) {
    const event = verified(provider, context, () =>
      verifyStripeWebhook(rawBody, headers, context.settings.stripeWebhookSecret),
    );
    const { first, orderId } = await transaction(context.pool, (tx) => take(tx, event));
    context.events.webhookReceived({
      provider,
      eventId: event.id,
      type: event.type,
      orderId,
      outcome: outcomeOf(first, orderId),
    });
    return { status: 200, body: { received: true, repeated: !first } } as const;
  },
});

/** The saga asks Stripe itself what an intent is now; the event is noted on the order for people. */
async function take(tx: Tx, { id, type, createdAt, intentId, orderId: named }: StripeEvent) {
  const event: ProviderEvent = { provider, eventId: id, type, occurredAt: createdAt };
  if (!(await remember(tx, event))) return { first: false, orderId: null };
  const orderId = await findOrderOfPayment(tx, { intentId, orderId: isUuid(named) ? named : null });
  if (orderId !== null) {
    await attribute(tx, event, orderId);
    await record(tx, orderId, { type: 'provider.webhook', data: { provider, eventId: id, type } });
  }
  return { first: true, orderId };
}
