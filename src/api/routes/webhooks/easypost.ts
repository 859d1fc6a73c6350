import { z } from 'zod';
import { transaction, type Tx } from '../../../db/pool.ts';
import { attribute, remember, type ProviderEvent } from '../../../db/provider-events.ts';
import { applyTracking } from '../../../db/orders/shipments.ts';
import { verifyEasyPostWebhook, type CarrierEvent } from '../../../providers/easypost-webhook.ts';
import { endpoint } from '../../endpoint.ts';
import { maxWebhookBytes } from '../../limits.ts';
import { outcomeOf } from './outcome.ts';
import { taken } from './taken.ts';
import { verified } from './verified.ts';

const provider = 'easypost';

export const easypostWebhook = endpoint({
  method: 'post',
  path: '/webhooks/easypost',
  operationId: 'receiveEasyPostWebhook',
  tag: 'Webhooks from providers',
  access: 'unmetered',
  summary: 'Take an event of EasyPost',
  description:
    'Kept once, however often it comes. Where it tells that a parcel of ours has moved, the order is moved in the same transaction.',
  rawBody: {
    maxBytes: maxWebhookBytes,
    description: 'An EasyPost event, signed as it is.',
    headers: z.object({
      'X-Hmac-Signature': z.string().optional(),
      'X-Hmac-Signature-V2': z.string().optional(),
      'X-Timestamp': z.string().optional(),
      'X-Path': z.string().optional(),
    }),
  },
  responses: {
    200: { description: 'It is durable.', body: taken, example: { received: true, repeated: false } },
  },
  problems: ['bad-signature'],
  async handle({ rawBody, headers }, context) {
    const event = verified(provider, context, () =>
      verifyEasyPostWebhook(rawBody, headers, context.settings.easypostWebhookSecret),
    );
    const { first, orderId } = await transaction(context.pool, (tx) => take(tx, event));
    if (orderId !== null) context.relay.wake();
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

async function take(tx: Tx, { id, type, occurredAt, trackingCode, shipmentId, status }: CarrierEvent) {
  const event: ProviderEvent = { provider, eventId: id, type, occurredAt };
  if (!(await remember(tx, event))) return { first: false, orderId: null };
  if (trackingCode === null || status === null) return { first: true, orderId: null };
  const orderId = await applyTracking(tx, {
    trackingCode,
    carrierShipmentId: shipmentId,
    status,
    occurredAt,
  });
  if (orderId !== null) await attribute(tx, event, orderId);
  return { first: true, orderId };
}
