import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createEventStream, type EventStream } from '../../src/api/live/event-stream.ts';
import type { StreamPace } from '../../src/api/limits.ts';
import { openEvents, type EventClient } from './event-client.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const quick: StreamPace = { heartbeatMs: 20, stallMs: 200, reconnectMs: 1_000 };
const patient: StreamPace = { heartbeatMs: 60_000, stallMs: 60_000, reconnectMs: 1_000 };

/** A stream with nothing but a server around it, and its client. */
async function openStream(pace: StreamPace): Promise<{ stream: EventStream; client: EventClient }> {
  const { promise, resolve } = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    resolve(createEventStream(response, pace));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = await openEvents(`http://127.0.0.1:${port}`, 'any');
  return { stream: await promise, client };
}

const bulky = (id: number) => ({ id, event: 'bulky', data: 'x'.repeat(64 * 1024) });

test('shows that it lives while nothing happens', async () => {
  const { client } = await openStream(quick);
  await expect.poll(() => client.comments.length).toBeGreaterThan(3);
  expect(client.events).toEqual([]);
});

test('tells the client how long to wait before it connects again', async () => {
  const { stream, client } = await openStream(patient);
  await expect.poll(() => client.retries).toEqual([1_000]);
  stream.end({ reconnect: true });
  expect(await client.ended).toBe('finished');
  expect(client.retries.at(-1)).toBeGreaterThanOrEqual(500);
  expect(client.retries.at(-1)).toBeLessThanOrEqual(1_500);
});

/** Sends until the client no longer keeps up; gives the number of the last event. */
function sendUntilFull(stream: EventStream): number {
  let id = 1;
  while (stream.send([bulky(id)])) id += 1;
  return id;
}

test('says when a client does not keep up, and when it has caught up', async () => {
  const { stream, client } = await openStream(patient);
  client.pause();
  const last = sendUntilFull(stream);
  const ready = new Promise<void>((resolve) => stream.onReady(resolve));
  client.resume();
  await ready;
  await expect.poll(() => client.ids().at(-1)).toBe(last);
});

test('drops a client that leaves unread what it was sent', async () => {
  const { stream, client } = await openStream(quick);
  client.pause();
  const closed = new Promise<void>((resolve) => stream.onClosed(resolve));
  sendUntilFull(stream);
  // What the system buffers on the way counts as read: more is sent until nothing goes out any more.
  stream.onReady(() => void sendUntilFull(stream));
  await closed;
  expect(stream.send([bulky(1)])).toBe(true);
  client.resume();
  expect(await client.ended).toBe('broken');
});
