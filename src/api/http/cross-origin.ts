import type { Request, Response } from 'express';

/** How long a browser remembers what it may do, in seconds. */
const rememberSeconds = 600;

const requestHeaders = 'Authorization, Authorization-Extras, Content-Type, X-Namespace';

/** Lets the pages of one other origin call this route and read its answers (Fetch standard, CORS protocol). */
export function allowOrigin(request: Request, response: Response, origin: string): void {
  response.setHeader('Vary', 'Origin');
  if (request.headers.origin !== origin) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('Access-Control-Allow-Methods', 'POST');
  response.setHeader('Access-Control-Allow-Headers', requestHeaders);
  response.setHeader('Access-Control-Max-Age', rememberSeconds);
}
