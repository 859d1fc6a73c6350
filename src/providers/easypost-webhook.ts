import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { isShipmentStatus, type ShipmentStatus } from '../domain/shipment.ts';
import { EasyPostClient } from './easypost-client.ts';
import { singleHeader, WebhookSignatureError, webhookToleranceSeconds } from './webhook-signature.ts';

/** What EasyPost tells us: mostly that a parcel has moved. */
export interface CarrierEvent {
  /** `evt_…`; the same event may come more than once. */
  readonly id: string;
  /** `tracker.updated` and the like (docs.easypost.com/docs/events). */
  readonly type: string;
  /** The rest is null where the event is not about a parcel. */
  readonly trackingCode: string | null;
  /** `trk_…` */
  readonly trackerId: string | null;
  /** `shp_…` */
  readonly shipmentId: string | null;
  readonly status: ShipmentStatus | null;
  /** When the tracker changed; the event's own time where it has none. */
  readonly occurredAt: Date;
}

const eventSchema = z.object({
  id: z.string(),
  description: z.string(),
  created_at: z.iso.datetime({ offset: true }),
  result: z
    .object({
      object: z.string().optional(),
      id: z.string().optional(),
      tracking_code: z.string().nullish(),
      shipment_id: z.string().nullish(),
      status: z.string().nullish(),
      updated_at: z.iso.datetime({ offset: true }).nullish(),
    })
    .nullish(),
});

/** EasyPost's validator is a method of its client, which needs a key to exist and none to validate. */
const { Utils } = new EasyPostClient('validates webhooks only');

interface Delivery {
  readonly rawBody: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly secret: string;
}

/**
 * The event in a webhook's body, exactly as it came. Throws a `WebhookSignatureError` unless EasyPost signed it: with the
 * first version of its signature, which holds for ever, the second, which says when, or both where both are sent.
 */
export function verifyEasyPostWebhook(
  rawBody: Buffer,
  headers: IncomingHttpHeaders,
  secret: string,
  toleranceSeconds: number = webhookToleranceSeconds,
): CarrierEvent {
  const delivery = { rawBody, headers, secret };
  const first = singleHeader(headers, 'x-hmac-signature');
  const second = singleHeader(headers, 'x-hmac-signature-v2');
  if (secret === '') throw new WebhookSignatureError('there is no secret to check the EasyPost webhook with');
  if (!first && !second) throw new WebhookSignatureError('the EasyPost webhook is not signed');
  if (second) checkSecondVersion(delivery, second, toleranceSeconds);
  if (first) checkFirstVersion(delivery);
  return toCarrierEvent(rawBody);
}

function checkFirstVersion({ rawBody, headers, secret }: Delivery): void {
  try {
    Utils.validateWebhook(rawBody, headers, secret);
  } catch (cause) {
    throw new WebhookSignatureError('the EasyPost webhook has a wrong signature', { cause });
  }
}

/**
 * The client has no validator for the second version. It signs time, method, path and body, one after the other
 * (support.easypost.com, "Webhook HMAC Validation").
 */
function checkSecondVersion(
  { rawBody, headers, secret }: Delivery,
  signature: string,
  toleranceSeconds: number,
): void {
  const timestamp = singleHeader(headers, 'x-timestamp') ?? '';
  const path = singleHeader(headers, 'x-path') ?? '';
  const hmac = createHmac('sha256', secret.normalize('NFKD'))
    .update(`${timestamp}POST${path}`)
    .update(rawBody);
  if (!isSame(signature, `hmac-sha256-hex=${hmac.digest('hex')}`))
    throw new WebhookSignatureError('the EasyPost webhook has a wrong signature');
  const ageMs = Math.abs(Date.now() - Date.parse(timestamp));
  if (!(ageMs <= toleranceSeconds * 1000)) throw new WebhookSignatureError('the EasyPost webhook is too old');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function toCarrierEvent(rawBody: Buffer): CarrierEvent {
  const event = eventSchema.safeParse(parseJson(rawBody));
  if (!event.success) throw new WebhookSignatureError('the signed body is not an event of EasyPost');
  const { id, description, created_at: createdAt, result } = event.data;
  const tracker = result?.object === 'Tracker' ? result : null;
  return {
    id,
    type: description,
    trackingCode: result?.tracking_code ?? null,
    trackerId: tracker?.id ?? null,
    shipmentId: result?.shipment_id ?? null,
    status: isShipmentStatus(tracker?.status) ? tracker.status : null,
    occurredAt: new Date(tracker?.updated_at ?? createdAt),
  };
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
