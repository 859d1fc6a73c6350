import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import type { LookupFunction } from 'node:net';

/** One POST. */
export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long it may take until the answer's head is there, the look-up of the host included. */
  readonly timeoutMs: number;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** Finds the host's addresses; the system's own look-up where it is not given. */
  readonly lookup?: LookupFunction | undefined;
}

export interface HttpPostAnswer {
  readonly status: number;
  /** The header as it came. */
  readonly retryAfter: string | undefined;
  /** The first part of the body, or what of it came at once. */
  readonly text: string;
}

/** The host was reached and TLS did not come about: it speaks none, or its certificate is not valid. */
export class TlsFailed extends Error {
  override readonly name = 'TlsFailed';
}

/** How much of an answer's body is read, and how long it is waited for once the head is there: the status says it all. */
const answerBytes = 4 * 1024;
const answerBodyMs = 1_000;

const userAgent = 'order-saga';

/**
 * Posts over a connection of its own and follows no redirect. Rejects with what Node says where no answer comes, with a
 * `TimeoutError` after the time-out, with `TlsFailed`.
 */
export async function httpPost(post: HttpPost): Promise<HttpPostAnswer> {
  const response = await send(post);
  const { statusCode: status = 0, headers } = response;
  return { status, retryAfter: headers['retry-after'], text: await firstPart(response) };
}

async function send({ url, headers, body, timeoutMs, signal, lookup }: HttpPost): Promise<IncomingMessage> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const begin = url.protocol === 'https:' ? requestTls : requestPlain;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = begin(url, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': userAgent },
    signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    ...(lookup && { lookup }),
  });
  request.once('response', resolve);
  let isReached = false;
  let isSecured = url.protocol === 'http:';
  request.once('socket', (socket) => {
    socket.once('connect', () => (isReached = true));
    socket.once('secureConnect', () => (isSecured = true));
  });
  request.on('error', (error) => {
    if (timeout.aborted) reject(timeout.reason);
    else if (isReached && !isSecured && !signal?.aborted)
      reject(new TlsFailed('TLS did not come about', { cause: error }));
    else reject(error);
  });
  // An answer that changes the protocol (101) breaks the connection off and is neither a response nor an error.
  request.once('close', () => reject(new Error('the connection was closed without an answer')));
  request.end(body);
  return promise;
}

async function firstPart(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  const enough = setTimeout(() => response.destroy(), answerBodyMs);
  try {
    for await (const part of response) {
      if (Buffer.isBuffer(part)) parts.push(part);
      if (lengthOf(parts) >= answerBytes) break;
    }
  } catch {
    // It broke off; what has come will do.
  } finally {
    clearTimeout(enough);
    response.destroy();
  }
  return Buffer.concat(parts).subarray(0, answerBytes).toString();
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}
