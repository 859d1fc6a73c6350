import type { IncomingHttpHeaders } from 'node:http';

const format = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** The token of `Authorization: Bearer …` (RFC 6750); undefined where there is none. */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return format.exec(authorization ?? '')?.[1];
}
