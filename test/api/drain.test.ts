import { Agent, get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '../../src/api/http/server.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const anyPort = { host: '127.0.0.1', port: 0 };
const nobody = () => undefined;

/** The answer over a connection of the agent's, read to its end. */
async function fetchOver(agent: Agent, url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once('end', () => resolve(response))).once(
      'error',
      reject,
    );
  });
}

/** Why it did not work. */
async function failureOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'none',
    (error: unknown) => String(error),
  );
}

test('says that it is not ready from the moment on at which the process was told to end', async () => {
  expect((await api.call('GET /readyz')).status).toBe(200);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = await fetchOver(agent, `${api.url}/livez`);
  expect(before.headers.connection).toBe('keep-alive');
  api.drain();
  const after = await fetchOver(agent, `${api.url}/livez`);
  expect(after.headers.connection).toBe('close');
  const { status, body } = await api.call('GET /readyz');
  expect([status, body.detail]).toEqual([503, 'The process is ending.']);
  expect((await api.call('GET /livez')).status).toBe(200);
});

test('answers what is in flight when it stops, closes idle connections and takes no new one', async () => {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const server = await listen(
    async (incoming, response) => {
      if (incoming.url === '/slow') {
        arrived.resolve();
        await released.promise;
      }
      response.end('done');
    },
    anyPort,
    nobody,
  );
  const idle = new Agent({ keepAlive: true });
  await fetchOver(idle, `${server.url}/quick`);
  const slow = fetchOver(new Agent({ keepAlive: true }), `${server.url}/slow`);
  await arrived.promise;
  await expect.poll(() => Object.keys(idle.freeSockets)).toHaveLength(1);

  const stopped = server.stop(10_000);
  await expect.poll(() => Object.keys(idle.freeSockets)).toEqual([]);
  expect(await failureOf(fetchOver(new Agent(), `${server.url}/quick`))).toContain('ECONNREFUSED');
  released.resolve();
  expect((await slow).statusCode).toBe(200);
  await stopped;
});

test('gives up what does not finish within the grace', async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await listen(() => arrived.resolve(), anyPort, nobody);
  const hanging = failureOf(fetchOver(new Agent(), server.url));
  await arrived.promise;
  await server.stop(50);
  expect(await hanging).toContain('socket hang up');
});
