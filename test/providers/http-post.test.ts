import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { httpPost, TlsFailed } from '../../src/providers/http-post.ts';
import { answers, hangs, startReceiver, type Receiver } from '../webhooks/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const post = (timeoutMs = 20_000, signal?: AbortSignal) =>
  httpPost({
    url: new URL(`http://127.0.0.1:${receiver.port}/path?query`),
    headers: { 'content-type': 'application/json' },
    body: '{"größe":1}',
    timeoutMs,
    signal,
  });

test('a body arrives as it is, over a connection of its own', async () => {
  expect(await post()).toEqual({ status: 204, retryAfter: undefined, text: '' });
  expect(receiver.received[0]).toMatchObject({
    path: '/path?query',
    body: '{"größe":1}',
    headers: { 'content-type': 'application/json', 'content-length': '13', connection: 'close' },
  });
});

test('an answer is told with what it says, and no redirect is followed', async () => {
  receiver.behave(answers(302, { location: '/elsewhere', 'retry-after': '7' }, 'go there'));
  expect(await post()).toEqual({ status: 302, retryAfter: '7', text: 'go there' });
  expect(receiver.received).toHaveLength(1);
});

test('of a long answer the first four kilobytes are read', async () => {
  receiver.behave(answers(500, {}, 'x'.repeat(1_000_000)));
  expect((await post()).text).toBe('x'.repeat(4_096));
});

test('an answer that does not end is taken for what has come of it', { timeout: 10_000 }, async () => {
  receiver.behave((response) => response.writeHead(200).write('so far'));
  expect(await post()).toMatchObject({ status: 200, text: 'so far' });
});

test('no answer in time is a TimeoutError, and giving up is what was given as the reason', async () => {
  receiver.behave(hangs);
  await expect(post(50)).rejects.toMatchObject({ name: 'TimeoutError' });
  const giving = new AbortController();
  const posted = post(20_000, giving.signal);
  await expect.poll(() => receiver.received.length).toBe(2);
  giving.abort();
  await expect(posted).rejects.toMatchObject({ name: 'AbortError' });
});

const postTls = (port: number) =>
  httpPost({ url: new URL(`https://127.0.0.1:${port}/`), headers: {}, body: '{}', timeoutMs: 20_000 });

describe('a host that is reached and with which TLS does not come about', () => {
  test('is told from one that is not reached: it speaks none', async () => {
    await expect(postTls(receiver.port)).rejects.toBeInstanceOf(TlsFailed);
    await receiver.down();
    await expect(postTls(receiver.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('or nobody vouches for its certificate', async () => {
    // Any server with TLS will do, and this one brings a certificate that it has signed itself.
    const server = new SMTPServer({ secure: true, logger: false });
    server.on('error', () => undefined);
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    await expect(postTls(address.port)).rejects.toMatchObject({
      name: 'TlsFailed',
      cause: { code: expect.stringContaining('CERT') },
    });
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
