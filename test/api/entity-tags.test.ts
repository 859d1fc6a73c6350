import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { etagOf, hasAlready, parseIfMatch } from '../../src/api/http/etag.ts';
import { newOrder, seedShop, shippingAddress } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

let id: string;
beforeEach(async () => {
  const { body } = await api.call('POST /orders', { json: newOrder() });
  id = body.orderId;
});

const tagOf = async (path: string) => (await api.call(`GET ${path}`)).headers.get('etag') ?? '';

test.each(['/orders', '/orders/{id}', '/products', '/products?limit=1', '/inventory/MUG'])(
  'gives %s a strong tag, and 304 to whoever has it already',
  async (path) => {
    const request = `GET ${path.replace('{id}', id)}`;
    const first = await api.call(request);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toBe(etagOf(JSON.stringify(first.body)));
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.call(request, { headers: { 'If-None-Match': header } });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
      expect(again.headers.get('content-length')).toBeNull();
    }
    for (const header of ['"other"', etag.slice(1, -1), '']) {
      expect((await api.call(request, { headers: { 'If-None-Match': header } })).status).toBe(200);
    }
  },
);

test.each(['/job-types', '/leaderboard', '/reports/daily'])('gives %s a strong tag', async (path) => {
  const { body, headers } = await api.call(`GET ${path}`);
  expect(headers.get('etag')).toBe(etagOf(JSON.stringify(body)));
});

test('gives a bulk operation a tag, which changes when somebody confirms it', async () => {
  const asked = { action: 'retry', filter: { of: 'orders' } };
  const { body } = await api.call('POST /bulk-operations', { json: { ...asked, dryRun: true } });
  const { operationId } = body;
  const before = await tagOf(`/bulk-operations/${operationId}`);
  expect(before).toBe(await tagOf(`/bulk-operations/${operationId}`));
  await api.call('POST /bulk-operations', { json: { ...asked, dryRun: false, operationId } });
  expect(await tagOf(`/bulk-operations/${operationId}`)).not.toBe(before);
});

test('gives another tag once the order has changed, though nothing of its status has', async () => {
  const before = await tagOf(`/orders/${id}`);
  await api.call(`PATCH /orders/${id}`, {
    json: { shippingAddress: { ...shippingAddress, line1: '1 Lane' } },
  });
  const after = await api.call(`GET /orders/${id}`, { headers: { 'If-None-Match': before } });
  expect(after.status).toBe(200);
  expect(after.headers.get('etag')).not.toBe(before);
});

const commandsOf = async () =>
  (await api.pool.query('select from order_commands where order_id = $1', [id])).rowCount;

const commands: [request: string, json: unknown][] = [
  ['POST /orders/{id}/cancel', { reason: 'x' }],
  ['POST /orders/{id}/resolve', { action: 'retry', note: 'x' }],
  ['PATCH /orders/{id}', { shippingAddress: { ...shippingAddress, line1: '1 Lane' } }],
];

describe.each(commands)('%s', (command, json) => {
  const send = (ifMatch: string) =>
    api.call(command.replace('{id}', id), { json, headers: { 'If-Match': ifMatch } });

  test('does nothing to an order that has changed since it was read', async () => {
    const etag = await tagOf(`/orders/${id}`);
    await api.pool.query(`update orders set waiting_on = 'operator', attention_step = 'capture_payment',
      attention_reason = 'x', attention_since = now() where id = '${id}'`);
    const { status, body } = await send(etag);
    expect([status, body.type]).toEqual([412, '/problems/precondition-failed']);
    expect((await send(`W/${await tagOf(`/orders/${id}`)}`)).status).toBe(412);
    expect(await commandsOf()).toBe(0);
  });

  test('goes through to the order that was read', async () => {
    await api.pool.query(`update orders set waiting_on = 'operator', attention_step = 'capture_payment',
      attention_reason = 'x', attention_since = now() where id = '${id}'`);
    const { status } = await send(`"other", ${await tagOf(`/orders/${id}`)}`);
    expect([200, 202]).toContain(status);
    expect(await commandsOf()).toBe(1);
  });

  test('takes * for any order, and 404 before 412', async () => {
    expect((await send('*')).status).not.toBe(412);
    id = '019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42';
    expect((await send('"other"')).status).toBe(404);
  });

  test.each(['abc', '"abc', '"a" "b"', '', '*, "a"'])('cannot read %j', async (header) => {
    const { status, body } = await send(header);
    expect([status, body.type]).toEqual([400, '/problems/malformed-precondition']);
  });
});

test('lets one of two through that have read the same order', async () => {
  const etag = await tagOf(`/orders/${id}`);
  const answers = await Promise.all(
    ['1 Lane', '2 Lane', '3 Lane'].map((line1) =>
      api.call(`PATCH /orders/${id}`, {
        json: { shippingAddress: { ...shippingAddress, line1 } },
        headers: { 'If-Match': etag },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
});

test('sets stock only as it was read, even by two at once', async () => {
  const etag = await tagOf('/inventory/MUG');
  const set = (onHand: number, ifMatch: string) =>
    api.call('PUT /inventory/main/MUG', { json: { onHand }, headers: { 'If-Match': ifMatch } });
  const answers = await Promise.all([set(501, etag), set(502, etag)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  expect((await set(503, await tagOf('/inventory/MUG'))).status).toBe(200);
  const unknown = await api.call('PUT /inventory/main/NOPE', {
    json: { onHand: 1 },
    headers: { 'If-Match': etag },
  });
  expect(unknown.status).toBe(404);
});

test('deletes a webhook endpoint only as it was read', async () => {
  const json = { url: 'https://shop.example/hooks', events: ['order.*'] };
  const { body } = await api.call('POST /webhook-endpoints', { json });
  const path = `/webhook-endpoints/${body.id}`;
  const etag = await tagOf(path);
  await api.call(`PUT ${path}`, { json: { ...json, enabled: false } });
  const remove = (ifMatch: string) => api.call(`DELETE ${path}`, { headers: { 'If-Match': ifMatch } });
  for (const stale of [etag, '"bogus"']) expect((await remove(stale)).status).toBe(412);
  expect((await remove(await tagOf(path))).status).toBe(204);
  expect((await remove('*')).status).toBe(404);
});

test('reads tags as RFC 9110 writes them', () => {
  expect(parseIfMatch(undefined)).toBeNull();
  expect(parseIfMatch(' * ')).toBe('*');
  expect(parseIfMatch('"a"')).toEqual(['"a"']);
  expect(parseIfMatch('"a,b" ,  W/"c","d"')).toEqual(['"a,b"', '"d"']);
  expect(hasAlready('W/"c"', '"c"')).toBe(true);
  expect(hasAlready('"a", "b"', '"c"')).toBe(false);
});
