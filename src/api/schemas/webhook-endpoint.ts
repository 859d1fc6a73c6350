import { z } from 'zod';
import { deliveryStatuses } from '../../db/webhooks/deliveries.ts';
import { disabledReasons, subscriptions, webhookErrors } from '../../domain/webhook.ts';
import { maxWebhookUrlCharacters } from '../../domain/webhook-url.ts';
import { time } from './fields.ts';

const id = z.uuid().meta({ description: 'A UUIDv7.', example: '019aab1c-7d20-7a3b-8c4d-2f1e0d9c8b7a' });

/** Where webhooks go; whether they may is for `webhookUrlErrors` to say. */
export const webhookUrl = z.string().max(maxWebhookUrlCharacters).meta({
  description:
    'HTTPS, without user and password. It must not lead to a private address; that is seen whenever it is called.',
  example: 'https://shop.example/hooks/orders',
});

export const webhookEvents = z
  .array(z.enum(subscriptions))
  .min(1)
  .max(subscriptions.length)
  .refine((all) => new Set(all).size === all.length, 'must name each once')
  .meta({ description: 'Types, or `order.*` for all of a kind, those to come as well.', uniqueItems: true });

export const webhookEndpoint = z
  .strictObject({
    id,
    url: z.string(),
    events: webhookEvents,
    enabled: z.boolean(),
    disabled: z
      .strictObject({ reason: z.enum(disabledReasons), since: time })
      .nullable()
      .meta({
        description:
          '`asked`: somebody asked for it. `gone`: it answered 410. `failing`: nothing got through for as long as one message was tried.',
      }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'WebhookEndpoint' });

export const webhookSecret = z.string().meta({
  description: 'Verifies what is sent (Standard Webhooks 1.0). Shown this once.',
  example: 'whsec_c29tZSBzZWNyZXQsIHNob3duIG9uY2Ugb25seSE=',
});

const attempt = z.strictObject({
  at: time,
  durationMs: z.int(),
  httpStatus: z.int().nullable().meta({ description: 'Null where no answer came.' }),
  error: z.enum(webhookErrors).nullable().meta({ description: 'Null where it was taken.' }),
  answer: z.string().nullable().meta({ description: 'The first part of what was answered.' }),
});

export const webhookDelivery = z
  .strictObject({
    id,
    webhookId: z.string().meta({
      description: 'The `webhook-id` header: the same however often it is sent.',
      example: 'order_019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42_3',
    }),
    type: z.string().meta({ example: 'order.confirmed' }),
    occurredAt: time,
    status: z.enum(deliveryStatuses).meta({
      description: '`held`: it waits for the endpoint to be enabled. `failed`: no more attempts are made.',
    }),
    attempts: z.array(attempt).meta({ description: 'The newest twenty, in order.' }),
    nextAttemptAt: time.nullable(),
    createdAt: time,
  })
  .meta({ id: 'WebhookDelivery' });

/** A delivery that is to be sent once more. */
export const resentDelivery = z.strictObject({ id: z.uuid(), status: z.literal('pending') });
