import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '../../src/api/endpoints.ts';
import type { Endpoint } from '../../src/api/endpoint.ts';
import { scopesFor } from '../../src/api/access/access.ts';
import { revokeKey } from '../../src/db/api-keys.ts';
import { newSecret, scopes, type Scope } from '../../src/domain/api-key.ts';
import { newId } from '../../src/domain/new-id.ts';
import { makeKey, type MadeKey } from './make-key.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';
import { document } from './contract.ts';

const keyFreshMs = 100;

let api: TestApi;
const keys = new Map<Scope, MadeKey>();
beforeAll(async () => {
  api = await startApi({ accessSettings: { keyFreshMs } });
  await seedShop(api.pool);
  for (const scope of scopes) keys.set(scope, await makeKey(api.pool, [scope]));
});
afterAll(() => api.stop());

const headersOf = (scope: Scope) => ({ ...keys.get(scope)?.headers });
const values: Record<string, string> = {
  id: newId(),
  deliveryId: newId(),
  sku: 'MUG',
  warehouse: 'main',
  name: 'not-found',
  token: 'token',
};

function requestOf({ method, path }: Endpoint): string {
  return `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '')}`;
}

const titled = (some: readonly Endpoint[]) => some.map((one) => [requestOf(one), one] as const);
const locked = endpoints.filter(({ access }) => scopesFor(access).length > 0);
const open = endpoints.filter((one) => !locked.includes(one));

/** Who may do what, by hand: a route that is added without a line here fails. */
const matrix: Record<string, Scope | 'jobs:read or ops' | 'everybody'> = {
  'POST /orders': 'orders:write',
  'GET /orders': 'orders:read',
  'GET /orders/{id}': 'orders:read',
  'PATCH /orders/{id}': 'orders:write',
  'GET /orders/{id}/workflow': 'orders:read',
  'GET /orders/{id}/events': 'orders:read',
  'GET /orders/{id}/timeline': 'orders:read',
  'POST /orders/{id}/cancel': 'orders:write',
  'POST /orders/{id}/resolve': 'ops',
  'GET /orders/{id}/invoice': 'orders:read',
  'GET /products': 'orders:read',
  'POST /products': 'ops',
  'GET /inventory/{sku}': 'orders:read',
  'GET /leaderboard': 'orders:read',
  'GET /reports/daily': 'orders:read',
  'PUT /inventory/{warehouse}/{sku}': 'ops',
  'POST /jobs': 'jobs:write',
  'GET /jobs': 'jobs:read',
  'GET /jobs/{id}': 'jobs:read',
  'GET /jobs/{id}/events': 'jobs:read',
  'POST /jobs/{id}/cancel': 'jobs:write',
  'POST /jobs/{id}/retry': 'jobs:write',
  'GET /jobs/{id}/deliveries': 'jobs:read or ops',
  'POST /jobs/{id}/deliveries/{deliveryId}/resend': 'jobs:write',
  'POST /callbacks/recover': 'ops',
  'GET /jobs/{id}/result': 'jobs:read',
  'POST /exports': 'jobs:write',
  'POST /photos': 'jobs:write',
  'GET /photos/{id}': 'jobs:read',
  'POST /registrations': 'jobs:write',
  'GET /job-types': 'jobs:read or ops',
  'POST /job-types/{name}/pause': 'ops',
  'POST /job-types/{name}/resume': 'ops',
  'POST /bulk-operations': 'ops',
  'GET /bulk-operations/{id}': 'ops',
  'GET /schedules': 'jobs:read or ops',
  'GET /schedules/{id}': 'jobs:read or ops',
  'PUT /schedules/{id}': 'ops',
  'DELETE /schedules/{id}': 'ops',
  'POST /schedules/{id}/pause': 'ops',
  'POST /schedules/{id}/resume': 'ops',
  'POST /schedules/{id}/trigger': 'ops',
  'POST /schedules/{id}/backfill': 'ops',
  'POST /webhook-endpoints': 'ops',
  'GET /webhook-endpoints': 'ops',
  'GET /webhook-endpoints/{id}': 'ops',
  'PUT /webhook-endpoints/{id}': 'ops',
  'DELETE /webhook-endpoints/{id}': 'ops',
  'POST /webhook-endpoints/{id}/rotate-secret': 'ops',
  'GET /webhook-endpoints/{id}/deliveries': 'ops',
  'POST /webhook-endpoints/{id}/deliveries/{deliveryId}/resend': 'ops',
  'POST /webhook-endpoints/{id}/recover': 'ops',
  'POST /codec/decode': 'ops',
  'POST /codec/encode': 'ops',
  'POST /webhooks/stripe': 'everybody',
  'POST /webhooks/easypost': 'everybody',
  'GET /openapi.json': 'everybody',
  'GET /docs': 'everybody',
  'GET /docs/swagger-ui.css': 'everybody',
  'GET /docs/swagger-ui-bundle.js': 'everybody',
  'GET /docs/start.js': 'everybody',
  'GET /files/{token}': 'everybody',
  'GET /problems/{name}': 'everybody',
  'GET /health': 'everybody',
  'GET /livez': 'everybody',
  'GET /readyz': 'everybody',
  'GET /metrics': 'everybody',
};

test('asks for every route what the matrix says', () => {
  const actual = Object.fromEntries(
    endpoints.map(({ method, path, access }) => [
      `${method.toUpperCase()} ${path}`,
      scopesFor(access).join(' or ') || 'everybody',
    ]),
  );
  expect(actual).toEqual(matrix);
});

describe.each(titled(locked))('%s', (request, { access, path, method }) => {
  const admitted = scopesFor(access);

  test('answers 401 without a key, and says how to send one', async () => {
    const { status, headers, body } = await api.call(request);
    expect([status, body.type]).toEqual([401, '/problems/unauthenticated']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="order-saga"');
  });

  test.each(admitted)('lets a key for %s in', async (scope) => {
    const { status } = await api.call(request, { headers: headersOf(scope) });
    expect([401, 403, 429]).not.toContain(status);
  });

  test.each(scopes.filter((scope) => !admitted.includes(scope)))(
    'answers 403 to a key for %s alone',
    async (scope) => {
      const { status, headers, body } = await api.call(request, { headers: headersOf(scope) });
      expect([status, body.type]).toEqual([403, '/problems/scope-missing']);
      expect(body.detail).toBe(`The API key needs the scope \`${admitted.join('` or `')}\`.`);
      expect(headers.get('www-authenticate')).toBe(
        `Bearer realm="order-saga", error="insufficient_scope", scope="${admitted[0]}"`,
      );
    },
  );

  test('documents its scope', () => {
    expect(document.paths?.[path]?.[method]?.security).toEqual(
      admitted.map((scope) => ({ apiKey: [scope] })),
    );
  });
});

test.each(titled(open))('%s asks for no key', async (request, { path, method }) => {
  const { status, body } = await api.call(request);
  expect(status).not.toBe(401);
  // A link to a file that is not valid is a 403 as well, of its own.
  expect(body.type).not.toBe('/problems/scope-missing');
  expect(document.paths?.[path]?.[method]?.security).toEqual([]);
});

const unknown = newSecret().key;
test.each([
  ['a key that nobody has made', `Bearer ${unknown}`],
  ['something else than a key', 'Bearer sk_live_abc'],
  ['a key as a user name', `Basic ${Buffer.from(`${unknown}:`).toString('base64')}`],
  ['nothing behind Bearer', 'Bearer '],
  ['two tokens', `Bearer ${unknown} ${unknown}`],
])('answers 401 to %s', async (_what, Authorization) => {
  const { status, headers } = await api.call('GET /products', { headers: { Authorization } });
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="order-saga"/);
});

test('answers 401 to the prefix of a key with another secret behind it', async () => {
  const { Authorization } = headersOf('orders:read');
  const last = Authorization?.endsWith('A') ? 'B' : 'A';
  const { status, headers } = await api.call('GET /products', {
    headers: { Authorization: `${Authorization?.slice(0, -1)}${last}` },
  });
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
});

test('takes the scheme however it is spelt', async () => {
  const Authorization = headersOf('orders:read').Authorization?.replace('Bearer', 'bearer') ?? '';
  expect((await api.call('GET /products', { headers: { Authorization } })).status).toBe(200);
});

test('asks for the key before it looks at the body', async () => {
  const { status } = await api.call('POST /orders', { raw: '{', headers: { 'content-type': 'text/plain' } });
  expect(status).toBe(401);
});

test('takes a revoked key no longer than it takes a key for known', async () => {
  const { name, headers } = await makeKey(api.pool, ['orders:read']);
  expect((await api.call('GET /products', { headers })).status).toBe(200);
  await revokeKey(api.pool, name);
  await expect
    .poll(async () => (await api.call('GET /products', { headers })).status, { timeout: 20 * keyFreshMs })
    .toBe(401);
});

test('keeps the idempotency keys of two API keys apart', async () => {
  const other = await makeKey(api.pool, ['orders:write']);
  const json = newOrder();
  const place = (headers: Record<string, string>) =>
    api.call('POST /orders', { json, headers: { ...headers, 'Idempotency-Key': 'mine' } });
  const mine = await place(headersOf('orders:write'));
  const again = await place(headersOf('orders:write'));
  const theirs = await place(other.headers);
  expect(again.body.orderId).toBe(mine.body.orderId);
  expect(theirs.body.orderId).not.toBe(mine.body.orderId);
});

test('keeps with a command the name of the key that asked for it', async () => {
  const { name, headers } = await makeKey(api.pool, ['orders:write']);
  const { body } = await api.call('POST /orders', { json: newOrder(), headers });
  await api.call(`POST /orders/${body.orderId}/cancel`, { headers });
  const { rows } = await api.pool.query('select requested_by from order_commands where order_id = $1', [
    body.orderId,
  ]);
  expect(rows).toEqual([{ requested_by: name }]);
});

test('writes down when a key was last used, at the latest when the process ends', async () => {
  const own = await startApi();
  const key = await makeKey(own.pool, ['orders:read']);
  const unused = await makeKey(own.pool, ['orders:read']);
  const before = new Date();
  await own.call('GET /products', { headers: key.headers });
  await own.closeAccess();
  const { rows } = await own.pool.query<{ id: string; at: Date | null }>(
    'select id, last_used_at as at from api_keys',
  );
  const uses = new Map(rows.map(({ id, at }) => [id, at]));
  expect(uses.get(key.id)?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(uses.get(unused.id)).toBeNull();
  await own.stop();
});

test('shows no key in the log', () => {
  const text = JSON.stringify(api.log);
  for (const { headers } of keys.values()) expect(text).not.toContain(headers.Authorization.slice(-43));
});

describe('without any key', () => {
  test('everybody may do everything where that is allowed, until the first key is made', async () => {
    const own = await startApi({ accessSettings: { keyFreshMs } });
    expect((await own.call('GET /products')).status).toBe(200);
    const { name, headers } = await makeKey(own.pool, ['orders:read']);
    await expect.poll(async () => (await own.call('GET /products')).status).toBe(401);
    expect((await own.call('GET /products', { headers })).status).toBe(200);
    await revokeKey(own.pool, name);
    await expect.poll(async () => (await own.call('GET /products', { headers })).status).toBe(401);
    expect((await own.call('GET /products')).status).toBe(401);
    await own.stop();
  });

  test('nobody may do anything elsewhere', async () => {
    const own = await startApi({ accessSettings: { mayStandOpen: false } });
    expect((await own.call('GET /products')).status).toBe(401);
    await own.stop();
  });
});
