/**
 * What endpoints can be told of: events of orders, jobs and photos, under the names that they have there. A type keeps its meaning
 * and the shape of its data for good.
 */
export const webhookEventTypes = [
  'order.accepted',
  'order.confirmed',
  'order.completed',
  'order.failed',
  'order.cancelled',
  'order.cancel_requested',
  'order.address_changed',
  'order.needs_attention',
  'order.resolved',
  'shipment.dispatched',
  'shipment.delivered',
  'job.queued',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'job.dead',
  'photo.ready',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** What an endpoint asks for: a type, or all types of a kind, those to come as well. */
export const subscriptions = ['order.*', 'shipment.*', 'job.*', 'photo.*', ...webhookEventTypes] as const;
export type Subscription = (typeof subscriptions)[number];

/** Why an endpoint is sent nothing: somebody asked for that, it answered 410, or nothing got through any more. */
export const disabledReasons = ['asked', 'gone', 'failing'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** Every endpoint adds a row to the commits whose events it asks for. */
export const maxWebhookEndpoints = 50;

/**
 * How long an API key's or an endpoint's earlier secret goes on signing beside the new one, in hours, unless said
 * otherwise.
 */
export const defaultSecretGraceHours = 24;
export const maxSecretGraceHours = 24 * 30;

/** How many attempts of a delivery are kept, the newest ones. */
export const keptAttempts = 20;

/** One try to deliver a message, as it is kept. */
export interface WebhookAttempt {
  /** RFC 3339. */
  readonly at: string;
  readonly durationMs: number;
  /** The receiver's; null where it gave none. */
  readonly httpStatus: number | null;
  /** Null where it was taken. */
  readonly error: WebhookError | null;
  /** The first part of what the receiver answered, redacted; null where it said nothing. */
  readonly answer: string | null;
}

/** What can be wrong with an attempt. */
export const webhookErrors = [
  /** An answer that is no success. */
  'refused',
  /** An answer that leads elsewhere; nobody goes there. */
  'redirected',
  /** The endpoint wants nothing more (410). */
  'gone',
  'timed_out',
  /** The host's name leads nowhere. */
  'unknown_host',
  /** The host is, or its name leads to, an address that may not be called. */
  'address_not_allowed',
  /** The host was reached, and TLS did not come about: most often its certificate is not valid. */
  'tls_failed',
  /** Nobody listens there, or the connection broke. */
  'no_connection',
] as const;
export type WebhookError = (typeof webhookErrors)[number];
