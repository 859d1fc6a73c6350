import { afterAll, beforeAll, expect, test } from 'vitest';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

const maxOutboxDepth = 100;

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ settings: { maxOutboxDepth } });
  await seedShop(api.pool);
});
afterAll(() => api.stop());

const place = () => api.call('POST /orders', { json: newOrder() });

test('takes orders until the outbox is too deep, then answers 503, and takes them again once it is not', async () => {
  api.setRelayState({ temporalUp: false, outboxDepth: maxOutboxDepth - 1 });
  expect((await place()).status).toBe(202);
  api.setRelayState({ temporalUp: false, outboxDepth: maxOutboxDepth });
  const { status, headers, body } = await place();
  expect([status, body.type, body.retryable]).toEqual([503, '/problems/overloaded', true]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  api.setRelayState({ temporalUp: true, outboxDepth: 0 });
  expect((await place()).status).toBe(202);
});

test('goes on reading and cancelling orders meanwhile', async () => {
  const { body } = await place();
  api.setRelayState({ temporalUp: false, outboxDepth: maxOutboxDepth });
  expect((await api.call(`GET /orders/${body.orderId}`)).status).toBe(200);
  expect((await api.call(`POST /orders/${body.orderId}/cancel`)).status).toBe(202);
});

test('asks the database nothing in order to refuse', async () => {
  const away = await startApi({
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    settings: { maxOutboxDepth },
    access: { admit: async () => ({ id: 'key', name: 'key', scopes: [] }), stay: () => () => undefined },
  });
  away.setRelayState({ temporalUp: false, outboxDepth: maxOutboxDepth });
  const { body } = await away.call('POST /orders', { json: newOrder() });
  expect(body.type).toBe('/problems/overloaded');
  await away.stop();
});
