import { expect } from 'vitest';
import { whyNotDocumented } from './contract.ts';

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array;
  /** Sent as `multipart/form-data`. */
  readonly form?: FormData;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; what shape it has is for the document to say. */
  readonly body: any;
}

/** Calls the API; every answer has to be one that the document promises. */
export type Call = (request: string, options?: CallOptions) => Promise<Answer>;

export function createCaller(url: string): Call {
  return async (request, options = {}) => {
    const [method = 'GET', path = '/'] = request.split(' ');
    const { json, raw, form } = options;
    const body = form ?? raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && form === undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
    });
    const text = await response.text();
    const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const parsed: unknown = mediaType.endsWith('json') ? JSON.parse(text) : text;
    if (method !== 'HEAD' && method !== 'OPTIONS') {
      const answer = { status: response.status, mediaType, body: parsed };
      expect(whyNotDocumented(method, path, answer), `${request} → ${text}`).toBeNull();
    }
    return { status: response.status, headers: response.headers, body: parsed };
  };
}
