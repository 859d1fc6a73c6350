import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathItemObject } from 'zod-openapi';
import { webhookEventTypes, type WebhookEventType } from '../../domain/webhook.ts';
import { orderId, time } from '../schemas/fields.ts';
import { exampleOrderId } from './examples.ts';

/** What each type says; a job's are sent to its `callbackUrl` as well. */
const summaries: Readonly<Record<WebhookEventType, string>> = {
  'order.accepted': 'An order is accepted',
  'order.confirmed': 'An order is confirmed: stock is reserved and the payment authorized',
  'order.completed': 'An order is completed: it has been delivered',
  'order.failed': 'An order has failed, and everything is undone',
  'order.cancelled': 'An order is cancelled, and everything is undone',
  'order.cancel_requested': 'A cancel is accepted; the order unwinds',
  'order.address_changed': 'The address of an order has changed',
  'order.needs_attention': 'An order waits for an operator',
  'order.resolved': 'An operator has decided about an order',
  'shipment.dispatched': 'The carrier has the parcel',
  'shipment.delivered': 'The parcel is delivered',
  'job.queued': 'A job is accepted',
  'job.completed': 'A job is done',
  'job.failed': 'A job is refused: not worth a retry',
  'job.cancelled': 'A job is cancelled',
  'job.dead': 'A job has used up its attempts or its time',
  'photo.ready': 'The sizes of a photo are there',
};

const headers = z.object({
  'webhook-id': z.string().meta({
    description: 'The same however often the message is sent: take each once.',
    example: `order_${exampleOrderId}_3`,
  }),
  'webhook-timestamp': z.string().meta({
    description:
      'When this attempt was signed, in seconds since 1970. Refuse what is more than five minutes off.',
    example: '1768469400',
  }),
  'webhook-signature': z.string().meta({
    description:
      '`v1,` and the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64; two of them, with a space between, while the secret is being replaced.',
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  }),
  traceparent: z.string().optional().meta({ description: 'Of the request that it all began with (W3C).' }),
});

const number = z.int().min(1).meta({ description: 'Of the event, within its order or job.' });

const ofOrder = z
  .looseObject({ orderId, number })
  .meta({ id: 'OrderWebhookData', description: 'Ids, codes and amounts, as in the order’s events.' });

const ofJob = z
  .looseObject({ jobId: z.uuid(), type: z.string().meta({ description: 'The type of the job.' }) })
  .meta({
    id: 'JobWebhookData',
    description:
      'Ids and codes, as in the job’s events. At a job’s `callbackUrl` its `status`, `result` and `error` as well.',
  });

const ofPhoto = z
  .looseObject({
    photoId: z.uuid(),
    jobId: z.uuid(),
    width: z.int().meta({ description: 'In pixels, as it is seen.' }),
    height: z.int(),
  })
  .meta({ id: 'PhotoWebhookData', description: '`GET /photos/{id}` has its sizes.' });

/** What the service sends, for the document's `webhooks`: by type. */
export const webhookOperations: Readonly<Record<string, ZodOpenApiPathItemObject>> = Object.fromEntries(
  webhookEventTypes.map((type) => [type, { post: operationOf(type) }]),
);

function operationOf(type: WebhookEventType): ZodOpenApiOperationObject {
  const data = type === 'photo.ready' ? ofPhoto : type.startsWith('job.') ? ofJob : ofOrder;
  return {
    operationId: `on ${type}`.replaceAll(/[ ._](\w)/g, (_all, letter: string) => letter.toUpperCase()),
    tags: ['Webhook endpoints'],
    summary: summaries[type],
    description: 'Signed by Standard Webhooks 1.0, with the secret of the endpoint or of the API key.',
    security: [],
    requestParams: { header: headers },
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ type: z.literal(type), timestamp: time, data }) },
      },
    },
    responses: {
      '2XX': { description: 'It is taken, and not sent again.' },
      '410': { description: 'The endpoint wants nothing more: it is disabled.' },
      default: { description: 'It is sent again later; no redirect is followed.' },
    },
  };
}
