import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A request as it came over the wire. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `webhook-id`. */
  readonly id: string;
}

/** Answers a request, or leaves it without an answer. */
export type Behaviour = (response: ServerResponse, received: Received) => void;

export const takes: Behaviour = (response) => response.writeHead(204).end();
export const hangs: Behaviour = () => undefined;

export function answers(status: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (response) => response.writeHead(status, headers).end(body);
}

/** One after the other, request by request; the last one from then on. */
export function inTurn(...behaviours: readonly [Behaviour, ...Behaviour[]]): Behaviour {
  const left = [...behaviours];
  return (response, received) => {
    const next = left.length > 1 ? left.shift() : left[0];
    next?.(response, received);
  };
}

/** Answers no earlier than that. */
export function after(moment: Promise<unknown>, behaviour: Behaviour): Behaviour {
  return (response, received) => void moment.then(() => behaviour(response, received));
}

/** Somebody who is told by webhook. */
export interface Receiver {
  readonly port: number;
  readonly received: readonly Received[];
  /** What it does from now on. */
  behave(behaviour: Behaviour): void;
  /** The ids of what it got, in order. */
  ids(): string[];
  /** Nobody listens there until it is up again. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(behaviour: Behaviour = takes): Promise<Receiver> {
  const received: Received[] = [];
  let behave = behaviour;
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    const got = { path, headers, body: await text(request), id: String(headers['webhook-id']) };
    received.push(got);
    behave(response, got);
  });

  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  async function close(): Promise<void> {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  const { port } = address;
  return {
    port,
    received,
    behave: (next) => {
      behave = next;
    },
    ids: () => received.map(({ id }) => id),
    down: close,
    up: () => listen(port),
    close,
  };
}

/** What a receiver does with a message: verifies it by the standard's own library. Throws when it is not genuine. */
export function verified(secret: string, { body, headers }: Received): unknown {
  const named = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return new Webhook(secret).verify(body, Object.fromEntries(named));
}
