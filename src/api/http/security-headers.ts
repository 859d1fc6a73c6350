import type { Response } from 'express';

/** An answer of the API is data: it loads nothing, runs nothing and is shown in nobody's frame. */
const dataOnly = "default-src 'none'; frame-ancestors 'none'";

/** How long browsers keep to HTTPS, in seconds: a year. */
const strictTransportSeconds = 365 * 24 * 60 * 60;

/**
 * What every answer says to browsers and caches; an answer may say something else. `https`: the API is reached over TLS, and
 * may therefore ask to be reached over nothing else.
 */
export function setSecurityHeaders(response: Response, { https }: { readonly https: boolean }): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', dataOnly);
  response.setHeader('Referrer-Policy', 'no-referrer');
  // Orders hold personal data.
  response.setHeader('Cache-Control', 'no-store');
  if (https) response.setHeader('Strict-Transport-Security', `max-age=${strictTransportSeconds}`);
}
