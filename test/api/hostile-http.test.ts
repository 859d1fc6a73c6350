import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeRaw } from './raw-http.ts';
import { countRows, newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
let rowsBefore: Record<string, number>;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
  rowsBefore = await countRows(api.pool);
});
afterAll(() => api.stop());

const order = JSON.stringify(newOrder());

function post(headers: string[], body = order): string {
  return ['POST /orders HTTP/1.1', 'Host: shop', 'Content-Type: application/json', ...headers, '', body].join(
    '\r\n',
  );
}

test.each([
  ['a line that is no request', 'HELLO\r\n\r\n', 400],
  ['a method that does not exist', 'BREW /orders HTTP/1.1\r\nHost: shop\r\n\r\n', 400],
  ['a version of HTTP that does not exist', 'GET /livez HTTP/9.9\r\nHost: shop\r\n\r\n', 400],
  ['TLS on a plain port', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1', 400],
  ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
  ['a header that has no colon', 'GET /livez HTTP/1.1\r\nHost: shop\r\nnonsense\r\n\r\n', 400],
  ['a space before a colon', 'GET /livez HTTP/1.1\r\nHost : shop\r\n\r\n', 400],
  ['NUL in a header', 'GET /livez HTTP/1.1\r\nHost: shop\r\nX: a\0b\r\n\r\n', 400],
  ['NUL in the path', 'GET /live\0z HTTP/1.1\r\nHost: shop\r\n\r\n', 400],
  ['a path that cannot be decoded', 'GET /orders/%E0%A4%A HTTP/1.1\r\nHost: shop\r\n\r\n', 400],
  ['a path that climbs', 'GET /orders/../../etc/passwd HTTP/1.1\r\nHost: shop\r\n\r\n', 404],
  ['an encoded slash', 'GET /orders%2F..%2Flivez HTTP/1.1\r\nHost: shop\r\n\r\n', 404],
  ['two lengths', post(['Content-Length: 5', `Content-Length: ${order.length}`]), 400],
  ['a length that is negative', post(['Content-Length: -1']), 400],
  [
    'a length and chunks at once',
    post([`Content-Length: ${order.length}`, 'Transfer-Encoding: chunked']),
    400,
  ],
  ['chunks of no size', post(['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['an encoding of the transfer that does not exist', post(['Transfer-Encoding: cow'], order), 400],
  ['headers beyond 16 KiB', `GET /livez HTTP/1.1\r\nHost: shop\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  ['a path beyond 16 KiB', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: shop\r\n\r\n`, 431],
  ['a length beyond every limit', post(['Content-Length: 99999999999999999999']), 400],
  [
    'an expectation that nobody meets',
    post(['Expect: the-moon', 'Content-Length: 2', 'Connection: close'], '{}'),
    422,
  ],
  [
    'an upgrade to nothing',
    'GET /livez HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    200,
  ],
  ['HTTP/1.0', 'GET /livez HTTP/1.0\r\n\r\n', 200],
])('answers %s by what is documented', async (_what, request, status) => {
  const answer = await exchangeRaw(api.url, request);
  expect(answer.status).toBe(status);
  const problem = answer.status >= 400;
  expect(answer.headers.get('content-type')).toBe(problem ? 'application/problem+json' : 'application/json');
  expect(answer.body.status).toEqual(problem ? status : 'alive');
});

test('answers a client that says how much it sends beyond the limit, and one that only sends it', async () => {
  const said = await exchangeRaw(
    api.url,
    post(['Content-Length: 300000', 'Connection: close'], 'x'.repeat(300_000)),
  );
  expect(said.status).toBe(413);
  const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
  const sent = await exchangeRaw(
    api.url,
    post(['Transfer-Encoding: chunked'], `${chunk.repeat(6)}0\r\n\r\n`),
  );
  expect(sent.status).toBe(413);
});

test('forgets a client that goes away in the middle of its body', async () => {
  const goneAway = () => api.log.filter(({ status }) => status === 499).length;
  const before = goneAway();
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(post(['Content-Length: 1000'], '{"customer":'));
  await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
  socket.destroy();
  await expect.poll(goneAway).toBe(before + 1);
  expect(api.log.filter(({ event }) => event === 'requestFailed')).toEqual([]);
});

test('takes no notice of headers that would bend the request', async () => {
  const headers = {
    'X-HTTP-Method-Override': 'DELETE',
    'X-Original-URL': '/metrics',
    'X-Rewrite-URL': '/metrics',
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'https',
    traceparent: 'x'.repeat(500),
    tracestate: "'; drop table orders; --",
  };
  const { status, body } = await api.call('GET /livez', { headers });
  expect([status, body]).toEqual([200, { status: 'alive' }]);
});

test('has logged no defect, and left nothing behind', async () => {
  expect(api.log.filter(({ event }) => event === 'requestFailed')).toEqual([]);
  expect(await countRows(api.pool)).toEqual(rowsBefore);
});
