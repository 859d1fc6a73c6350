import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReaches } from '../../src/providers/reach.ts';

let status: number | 'silence' = 200;
const requests: IncomingMessage[] = [];
const server = createServer((request, response) => {
  requests.push(request);
  if (status !== 'silence') response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
});
let url = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
beforeEach(() => requests.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const reaches = () => createReaches({ stripe: { apiBase: url }, easypost: { apiBase: `${url}/v2` } });

test.each([
  [200, true],
  [302, true],
  [401, true],
  [404, true],
  [429, true],
  [500, false],
  [503, false],
] as const)('a provider that answers %i is within reach: %s', async (answer, isThere) => {
  status = answer;
  expect(await reaches().stripe()).toBe(isThere);
  expect(await reaches().easypost()).toBe(isThere);
});

test('asks for nothing, and sends no key', async () => {
  status = 404;
  await reaches().stripe();
  await reaches().easypost();
  expect(requests.map(({ method, url: path }) => `${method} ${path}`)).toEqual(['HEAD /', 'HEAD /v2']);
  for (const { headers } of requests) expect(headers).not.toHaveProperty('authorization');
});

test('a provider that is silent, or not there at all, is out of reach', async () => {
  status = 'silence';
  expect(await reaches().stripe()).toBe(false);
  const nowhere = createReaches({ stripe: { apiBase: 'http://127.0.0.1:1' }, easypost: { apiBase: url } });
  expect(await nowhere.stripe()).toBe(false);
});
