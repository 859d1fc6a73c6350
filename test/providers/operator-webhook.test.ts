import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOperatorWebhook } from '../../src/providers/operator-webhook.ts';

const key = Buffer.from('a key of exactly 32 bytes, indeed');
const secret = `whsec_${key.toString('base64')}`;
const message = {
  id: '01990000-0000-7000-8000-000000000000',
  type: 'order.needs_attention',
  occurredAt: new Date('2026-01-02T03:04:05Z'),
  data: { orderId: 'o', step: 'buy_label' },
};

let server: Server;
let url: string;
let answer: { status: number; headers?: Record<string, string> };
let calls: { headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  calls = [];
  answer = { status: 204 };
  server = createServer(async (request, response) => {
    calls.push({ headers: request.headers, body: await text(request) });
    response.writeHead(answer.status, answer.headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/alerts`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const post = () => createOperatorWebhook({ url, secret, timeoutMs: 1_000 }).post(message);

test('a message is signed by Standard Webhooks', async () => {
  expect(await post()).toBe('taken');
  const [call] = calls;
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  } = call?.headers ?? {};
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(timestamp)}.${call?.body}`)
    .digest('base64');
  expect([id, signature]).toEqual([message.id, `v1,${expected}`]);
  expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(5);
  expect(JSON.parse(call?.body ?? '')).toEqual({
    type: 'order.needs_attention',
    timestamp: '2026-01-02T03:04:05.000Z',
    data: { orderId: 'o', step: 'buy_label' },
  });
});

test('an endpoint that is gone wants no more', async () => {
  answer = { status: 410 };
  expect(await post()).toBe('gone');
});

test('no redirect is followed', async () => {
  answer = { status: 307, headers: { location: url } };
  await expect(post()).rejects.toMatchObject({ type: 'Misconfigured', facts: { httpStatus: 307 } });
  expect(calls).toHaveLength(1);
});

test.each([
  [500, 'ProviderUnavailable'],
  [429, 'ProviderRateLimited'],
  [404, 'Misconfigured'],
])('an answer of %i is a failure of type %s', async (status, type) => {
  answer = { status, headers: { 'retry-after': '2' } };
  await expect(post()).rejects.toMatchObject({ type });
});

test('an endpoint that is not there is unavailable', async () => {
  server.closeAllConnections();
  const gone = createOperatorWebhook({ url: 'http://127.0.0.1:1/', secret, timeoutMs: 1_000 });
  await expect(gone.post(message)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
});
