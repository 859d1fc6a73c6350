import { createHmac } from 'node:crypto';
import { Stripe } from 'stripe';
import type { CallOptions } from './call.ts';
import { easypostWebhookSecret, stripeWebhookSecret } from './start-api.ts';

/** An event of Stripe about an intent, as Stripe sends it. */
export function stripeDelivery(
  event: { id: string; type?: string; intentId?: string; orderId?: string },
  { secret = stripeWebhookSecret, ageSeconds = 0 } = {},
): CallOptions {
  const { id, type = 'payment_intent.succeeded', intentId = 'pi_1', orderId } = event;
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const object = { object: 'payment_intent', id: intentId, metadata: orderId ? { order_id: orderId } : {} };
  const raw = JSON.stringify({ id, object: 'event', type, created: timestamp, data: { object } });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: raw, secret, timestamp });
  return { raw, headers: { 'Stripe-Signature': signature } };
}

/** An event of EasyPost about a tracker, as EasyPost sends it. */
export function easypostDelivery(
  event: { id: string; status?: string; trackingCode?: string; description?: string },
  { secret = easypostWebhookSecret, ageSeconds = 0 } = {},
): CallOptions {
  const { id, status = 'in_transit', trackingCode = 'EZ1', description = 'tracker.updated' } = event;
  const now = new Date().toISOString();
  const result = { object: 'Tracker', id: 'trk_1', tracking_code: trackingCode, status, updated_at: now };
  const raw = JSON.stringify({ id, object: 'Event', description, created_at: now, result });
  const timestamp = new Date(Date.now() - ageSeconds * 1000).toUTCString();
  const path = '/webhooks/easypost';
  return {
    raw,
    headers: {
      'X-Hmac-Signature': hmac(raw, secret),
      'X-Hmac-Signature-V2': hmac(`${timestamp}POST${path}${raw}`, secret),
      'X-Timestamp': timestamp,
      'X-Path': path,
    },
  };
}

function hmac(content: string, secret: string): string {
  return `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(content).digest('hex')}`;
}
