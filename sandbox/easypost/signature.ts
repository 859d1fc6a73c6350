import { createHmac } from 'node:crypto';

/**
 * The headers of a webhook of EasyPost's: the first signature, over the body alone, and the second, over time, method,
 * path and body, with the time in RFC 2822.
 */
export function signatureHeaders(body: string, url: URL, secret: string): Record<string, string> {
  const key = secret.normalize('NFKD');
  const timestamp = new Date().toUTCString().replace('GMT', '-0000');
  const path = url.pathname + url.search;
  const hmac = (content: string) =>
    `hmac-sha256-hex=${createHmac('sha256', key).update(content).digest('hex')}`;
  return {
    'X-Hmac-Signature': hmac(body),
    'X-Hmac-Signature-V2': hmac(`${timestamp}POST${path}${body}`),
    'X-Timestamp': timestamp,
    'X-Path': path,
    'User-Agent': 'EasyPost Web Hooks/1.0',
  };
}
