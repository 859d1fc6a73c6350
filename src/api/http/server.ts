import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerUnreadable, type OnUnreadable } from '../problems/answer-unreadable.ts';
import { httpTimeouts, maxHeaderBytes, type HttpTimeouts } from '../limits.ts';

/** How often connections that have become idle are looked for while the server stops. */
const idleCheckMs = 50;

export interface HttpServer {
  /** Where it listens, without a slash at its end. */
  readonly url: string;
  /** Takes no new connection, answers what is in flight within `graceMs`, and then closes every connection. */
  stop(graceMs: number): Promise<void>;
}

/** Listens; rejects when the address cannot be had. */
export async function listen(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
  onUnreadable: OnUnreadable,
  timeouts: HttpTimeouts = httpTimeouts,
): Promise<HttpServer> {
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkEveryMs,
    // The application asks for the header itself, so that the answer is a problem like every other.
    requireHostHeader: false,
  });
  server.on('request', listener);
  server.on('checkExpectation', listener);
  answerUnreadable(server, onUnreadable);
  server.listen(port, host);
  await once(server, 'listening');
  return { url: urlOf(server), stop: (graceMs) => stop(server, graceMs) };
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const idleCheck = setInterval(() => server.closeIdleConnections(), idleCheckMs);
  await Promise.race([closed, pause(graceMs, undefined, { ref: false })]);
  clearInterval(idleCheck);
  server.closeAllConnections();
  await closed;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
