import { Webhook } from 'standardwebhooks';

/** A message as Standard Webhooks 1.0 has it. */
export interface WebhookMessage {
  /** Stable, so that a repeated message is known as the same one; without a full stop. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message as it goes over the wire. */
export interface SignedWebhook {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Writes a message and signs it with each of the secrets (`whsec_` and the key in base64): one, and beside it the earlier
 * one while it is being replaced. The time of signing is part of it, so each attempt is signed anew.
 */
export function signWebhook(
  message: WebhookMessage,
  secrets: readonly string[],
  at = new Date(),
): SignedWebhook {
  const { id, type, occurredAt, data } = message;
  const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
  };
}
