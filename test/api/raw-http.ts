import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  /** As they came, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: any;
  /** Whether the server has ended the connection. */
  readonly closed: boolean;
}

const patienceMs = 5_000;

/** Sends bytes as they are, which no HTTP client would, and reads the first answer. */
export async function exchangeRaw(url: string, request: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const stop = new AbortController();
  try {
    await once(socket, 'connect');
    let received = '';
    let closed = false;
    const complete = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (isComplete(received)) resolve();
      });
      socket.on('close', () => {
        closed = true;
        resolve();
      });
      // What was received before the connection broke still counts.
      socket.on('error', () => undefined);
    });
    socket.write(request);
    await Promise.race([complete, after(patienceMs, undefined, { signal: stop.signal })]);
    return { ...parse(received), closed };
  } finally {
    stop.abort();
    socket.destroy();
  }
}

function isComplete(received: string): boolean {
  const [head, body] = split(received);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  return body !== undefined && length !== undefined && body.length >= Number(length);
}

function split(received: string): [head: string, body: string | undefined] {
  const at = received.indexOf('\r\n\r\n');
  return at === -1 ? [received, undefined] : [received.slice(0, at), received.slice(at + 4)];
}

function parse(received: string): Omit<RawAnswer, 'closed'> {
  const [head, body = ''] = split(received);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    }),
  );
  const text = Buffer.from(body, 'latin1').toString();
  const json = headers.get('content-type')?.includes('json') ?? false;
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: json ? JSON.parse(text) : text };
}
