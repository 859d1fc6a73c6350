import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { FileStore } from '../../src/storage/file-store.ts';
import { createS3Store } from '../../src/storage/s3.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
process.env['AWS_REGION'] = 'us-east-1';

const mebibyte = 1024 * 1024;
const stallMs = 500;
/** For what must not be ended by time. */
const neverMs = 60_000;
/** Between two bits of what flows, with time for a busy machine. */
const wellWithinMs = stallMs / 10;
const mediaType = 'text/plain';
const unavailable = { name: 'Failure', type: 'ProviderUnavailable' };

let server: Server;
let store: FileStore;
afterEach(async () => {
  store.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function startBucket(
  answer: RequestListener,
  { timeoutMs = stallMs, partBytes = 8 * mebibyte } = {},
): Promise<void> {
  server = createServer({ highWaterMark: 16 * 1024 }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  store = createS3Store({
    bucket: 'files',
    prefix: '',
    endpoint: `http://127.0.0.1:${port}`,
    timeoutMs,
    partBytes,
    signingKey: Buffer.alloc(32),
    baseUrl: '',
  });
}

/** Reads a body at a pace, whatever the machine is busy with. */
async function readAt(bytesPerMs: number, request: IncomingMessage): Promise<number> {
  const beganAt = performance.now();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    await pause(Math.max(0, beganAt + bytes / bytesPerMs - performance.now()));
  }
  return bytes;
}

async function open(signal?: AbortSignal): Promise<Readable> {
  const file = await store.get('a', { ...(signal && { signal }) });
  if (!file) throw new Error('there is no such file');
  return file;
}

async function read(signal?: AbortSignal): Promise<Buffer> {
  return buffer(await open(signal));
}

const connections = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

test('an upload that flows takes as long as it needs', { timeout: 30_000 }, async () => {
  // Far more than the kernel's buffers swallow: what they hold at the end goes out in a fraction of the limit.
  const file = Buffer.alloc(96 * mebibyte);
  const timeoutMs = 2_000;
  const takesMs = 2 * timeoutMs;
  const taken = Promise.withResolvers<number>();
  const bucket: RequestListener = async (request, response) => {
    taken.resolve(await readAt(file.length / takesMs, request));
    response.end();
  };
  await startBucket(bucket, { timeoutMs, partBytes: file.length });
  await expect(store.put('a', file, { mediaType })).resolves.toEqual({ bytes: file.length });
  await expect(taken.promise).resolves.toBe(file.length);
});

test.each([
  ['that nobody reads', () => undefined],
  ['that nobody answers', (request: IncomingMessage) => request.resume()],
])('an upload %s is given up', async (_what, take) => {
  await startBucket(take);
  await expect(store.put('a', Buffer.alloc(8 * mebibyte), { mediaType })).rejects.toMatchObject(unavailable);
});

test('a download that flows takes as long as it needs', async () => {
  await startBucket(async (_request, response) => {
    for (let index = 0; index < 40; index += 1) {
      response.write('x'.repeat(100));
      await pause(wellWithinMs);
    }
    response.end();
  });
  const file = await open();
  expect(await buffer(file)).toHaveLength(4_000);
});

test('a download whose reader takes its time is waited for', { timeout: 30_000 }, async () => {
  const bytes = 16 * mebibyte;
  await startBucket((_request, response) => void response.end(Buffer.alloc(bytes)));
  const file = await open();
  let seen = 0;
  for await (const chunk of file) {
    if (seen === 0) await pause(3 * stallMs);
    seen += chunk.length;
  }
  expect(seen).toBe(bytes);
});

test.each([
  ['before it begins', 0],
  ['in the midst of it', 1_000],
])('a download that stalls %s is given up, and its connection with it', async (_when, bytes) => {
  await startBucket((_request, response) => {
    if (bytes > 0) response.writeHead(200, { 'content-length': 2_000 }).write(Buffer.alloc(bytes));
  });
  await expect(read()).rejects.toMatchObject(unavailable);
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
});

test('a download that breaks off says that the bucket is out of reach', async () => {
  await startBucket((_request, response) => {
    response.writeHead(200, { 'content-length': 2_000 }).write(Buffer.alloc(1_000), () => response.destroy());
  });
  const file = await open();
  await expect(buffer(file)).rejects.toMatchObject(unavailable);
});

test.each([
  ['before it begins', 0],
  ['in the midst of it', 1_000],
])('a download that is called off %s ends at once, with its connection', async (_when, bytes) => {
  const asked = Promise.withResolvers<void>();
  const bucket: RequestListener = (_request, response) => {
    asked.resolve();
    if (bytes > 0) response.writeHead(200, { 'content-length': 2_000 }).write(Buffer.alloc(bytes));
  };
  await startBucket(bucket, { timeoutMs: neverMs });
  const stop = new AbortController();
  void asked.promise.then(() => stop.abort(new Error('called off')));
  await expect(read(stop.signal)).rejects.toThrow('called off');
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
});

const answerHalf: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': 2_000 }).write(Buffer.alloc(1_000));
};

test('a download that nobody reads on ends with its connection', async () => {
  await startBucket(answerHalf, { timeoutMs: neverMs });
  const file = await open();
  for await (const chunk of file) {
    expect(chunk).toHaveLength(1_000);
    break;
  }
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
});
