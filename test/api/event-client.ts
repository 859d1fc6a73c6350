import { Agent, get, type IncomingMessage } from 'node:http';
import { vi } from 'vitest';

/** An event as it came over the wire. */
export interface ReceivedEvent {
  readonly id: number;
  readonly event: string;
  readonly data: any;
}

/** A client of a stream of events, which reads it line by line as the standard has it. */
export interface EventClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: readonly ReceivedEvent[];
  readonly comments: readonly string[];
  /** What it was told to wait before it connects again, in milliseconds. */
  readonly retries: readonly number[];
  readonly text: () => string;
  /** How the stream was ended by the server: in order, or by breaking the connection. */
  readonly ended: Promise<'finished' | 'broken'>;
  readonly ids: () => number[];
  /** Takes nothing more from the connection, or goes on with it. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** However many streams are open, each has a connection of its own. */
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

export async function openEvents(
  url: string,
  orderId: string,
  headers: Record<string, string> = {},
  path = `/orders/${orderId}/events`,
): Promise<EventClient> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}${path}`, { agent, headers }, resolve).once('error', reject);
  });
  const events: ReceivedEvent[] = [];
  const comments: string[] = [];
  const retries: number[] = [];
  let text = '';
  let unread = '';
  const { promise: ended, resolve: end } = Promise.withResolvers<'finished' | 'broken'>();

  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop() ?? '';
    for (const block of blocks) readBlock(block);
  });
  response.once('end', () => end('finished'));
  response.once('error', () => end('broken'));

  function readBlock(block: string): void {
    const lines = block.split('\n');
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    comments.push(...lines.filter((line) => line.startsWith(':')));
    const retry = field('retry');
    if (retry !== undefined) retries.push(Number(retry));
    const data = field('data');
    if (data !== undefined)
      events.push({ id: Number(field('id')), event: field('event') ?? '', data: JSON.parse(data) });
  }

  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments,
    retries,
    text: () => text,
    ended,
    ids: () => events.map(({ id }) => id),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  };
}

/** A state that is waited for may take this long on a busy machine. */
const patience = { timeout: 10_000, interval: 10 };

/** The ids of the events that have come, once there are so many of them. */
export async function idsOnce(client: EventClient, count: number): Promise<number[]> {
  await vi.waitUntil(() => client.events.length >= count, patience);
  return client.ids();
}
