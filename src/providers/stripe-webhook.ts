import type { IncomingHttpHeaders } from 'node:http';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { orderIdField } from './stripe-metadata.ts';
import { singleHeader, WebhookSignatureError, webhookToleranceSeconds } from './webhook-signature.ts';

/** What Stripe tells us: something happened to an intent, a charge or a refund. Look at the intent for what it is now. */
export interface StripeEvent {
  /** `evt_…`; the same event may come more than once. */
  readonly id: string;
  /** `payment_intent.succeeded` and the like (docs.stripe.com/api/events/types). */
  readonly type: string;
  readonly createdAt: Date;
  /** `pi_…`, null where the event is about none. */
  readonly intentId: string | null;
  /** Our order, where the object carries our metadata. */
  readonly orderId: string | null;
}

const eventSchema = z.object({
  id: z.string(),
  type: z.string(),
  created: z.int(),
  data: z.object({
    object: z.object({
      object: z.string(),
      id: z.string().optional(),
      payment_intent: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});

/** The event in a webhook's body, exactly as it came. Throws a `WebhookSignatureError` unless Stripe sent it just now. */
export function verifyStripeWebhook(
  rawBody: Buffer,
  headers: IncomingHttpHeaders,
  secret: string,
  toleranceSeconds: number = webhookToleranceSeconds,
): StripeEvent {
  const signature = singleHeader(headers, 'stripe-signature');
  if (!signature) throw new WebhookSignatureError('the Stripe webhook is not signed');
  const event = eventSchema.safeParse(constructEvent(rawBody, signature, secret, toleranceSeconds));
  if (!event.success) throw new WebhookSignatureError('the signed body is not an event of Stripe');

  const { id, type, created, data } = event.data;
  const { object, id: objectId, payment_intent: intent, metadata } = data.object;
  const linkedId = typeof intent === 'string' ? intent : intent?.id;
  return {
    id,
    type,
    createdAt: new Date(created * 1000),
    intentId: (object === 'payment_intent' ? objectId : linkedId) ?? null,
    orderId: metadata?.[orderIdField] ?? null,
  };
}

function constructEvent(
  rawBody: Buffer,
  signature: string,
  secret: string,
  toleranceSeconds: number,
): unknown {
  try {
    return Stripe.webhooks.constructEvent(rawBody, signature, secret, toleranceSeconds);
  } catch (cause) {
    throw new WebhookSignatureError('the Stripe webhook has a wrong or an old signature', { cause });
  }
}
