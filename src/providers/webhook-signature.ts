import type { IncomingHttpHeaders } from 'node:http';

/** How old a signed webhook may be, unless said otherwise. */
export const webhookToleranceSeconds = 5 * 60;

/** A webhook that isn't signed, is signed by somebody else or too long ago, or isn't what the provider sends. */
export class WebhookSignatureError extends Error {
  override readonly name = 'WebhookSignatureError';
}

/** The value of a header, in lower case, that must be there just once. */
export function singleHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
