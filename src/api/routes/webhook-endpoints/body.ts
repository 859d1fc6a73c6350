import type { z } from 'zod';
import type { DeliveryView } from '../../../db/webhooks/deliveries.ts';
import type { WebhookEndpoint } from '../../../db/webhooks/endpoints.ts';
import type { webhookDelivery, webhookEndpoint } from '../../schemas/webhook-endpoint.ts';

/** An endpoint, as it is sent. */
export function endpointBody(endpoint: WebhookEndpoint): z.input<typeof webhookEndpoint> {
  const { id, url, events, disabled, createdAt, updatedAt } = endpoint;
  return {
    id,
    url,
    events: [...events],
    enabled: disabled === null,
    disabled: disabled && { reason: disabled.reason, since: disabled.since.toISOString() },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** A delivery, as it is sent. */
export function deliveryBody(delivery: DeliveryView): z.input<typeof webhookDelivery> {
  const { id, messageId, type, occurredAt, status, attempts, nextAttemptAt, createdAt } = delivery;
  return {
    id,
    webhookId: messageId,
    type,
    occurredAt: occurredAt.toISOString(),
    status,
    attempts: [...attempts],
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
