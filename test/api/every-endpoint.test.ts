import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/api/endpoint.ts';
import { endpoints } from '../../src/api/endpoints.ts';
import { newId } from '../../src/domain/new-id.ts';
import { formWith, onePixel } from './pictures.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';
import { easypostDelivery, stripeDelivery } from './webhook-signing.ts';

let api: TestApi;
let withoutDatabase: TestApi;
beforeAll(async () => {
  api = await startApi();
  withoutDatabase = await startApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  await seedShop(api.pool);
});
afterAll(async () => {
  await api.stop();
  await withoutDatabase.stop();
});

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

/** A body that the endpoint's schema takes. */
function validBody({ operationId, bodyExample }: Endpoint) {
  if (operationId === 'receiveStripeWebhook') return stripeDelivery({ id: `evt_${newId()}` });
  if (operationId === 'receiveEasyPostWebhook') return easypostDelivery({ id: `evt_${newId()}` });
  if (operationId === 'enqueueJob') return { json: { type: 'echo', input: {} } };
  if (operationId === 'placeOrder') return { json: newOrder() };
  if (operationId === 'createPhoto') return { form: formWith('photo', onePixel) };
  if (operationId === 'register') return { json: { email: `${newId()}@shop.example`, name: 'Ada' } };
  return bodyExample === undefined ? {} : { json: bodyExample };
}

/** Answered by a report of its own where Postgres is away: health.test.ts. */
const inAnyCase = 'getHealth';
const withoutNeed = endpoints.filter(
  ({ withoutDatabase: none, operationId }) =>
    none && operationId !== 'getReadiness' && operationId !== inAnyCase,
);
const inNeed = endpoints.filter((one) => !withoutNeed.includes(one) && one.operationId !== inAnyCase);

const titled = (some: readonly Endpoint[]) => some.map((one) => [requestOf(one), one] as const);
const withBody = endpoints.filter(({ body, upload }) => body && !upload?.only);
const withAnyBody = endpoints.filter(({ body, rawBody, upload }) => (body ?? rawBody) && !upload?.only);
const withUpload = endpoints.filter(({ upload }) => upload);

describe.each(titled(withBody))('%s', (request, endpoint) => {
  test.each([
    '{',
    '{"a":1,}',
    "{'a':1}",
    'undefined',
    '{} {}',
    '\ufeff',
    '{"a":"\u0001"}',
    '{"a":01}',
    '{"a":NaN}',
  ])('answers 400 to %j, which is no JSON', async (raw) => {
    const { status, body } = await api.call(request, { raw });
    expect([status, body.type]).toEqual([400, '/problems/malformed-json']);
  });

  test('answers 400 to JSON that is not in UTF-8', async () => {
    const { status } = await api.call(request, { raw: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) });
    expect(status).toBe(400);
  });

  test.each([
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'multipart/form-data; boundary=x',
    'nonsense',
    '',
  ])('answers 415 to a body of the type %j', async (type) => {
    if (endpoint.upload && type.startsWith('multipart/')) return;
    const { status, body } = await api.call(request, { raw: '{}', headers: { 'content-type': type } });
    expect([status, body.type]).toEqual([415, '/problems/unsupported-media-type']);
  });

  test('answers 415 to a body that is compressed', async () => {
    const { status } = await api.call(request, { raw: '{}', headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(415);
  });

  test('answers 422 to a member that it does not know', async () => {
    const { status, body } = await api.call(request, { json: { unknown: 1 } });
    expect(status).toBe(422);
    expect(body.errors).toContainEqual({ pointer: '#/unknown', detail: 'is not a known member' });
  });

  test.each(['null', '1', '"text"', '[]', 'true'])('answers 422 to %s, which is no object', async (raw) => {
    const { status, body } = await api.call(request, { raw });
    expect([status, body.errors[0]]).toEqual([422, { pointer: '#', detail: 'must be an object' }]);
  });

  test('takes JSON that says its charset', async () => {
    const options = validBody(endpoint);
    const { status } = await api.call(request, {
      ...options,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect(status).toBeLessThan(410);
  });
});

describe.each(titled(withAnyBody))('%s', (request) => {
  test('answers 413 to a body of two megabytes, said beforehand or not', async () => {
    const raw = Buffer.alloc(2 * 1024 * 1024, 'x');
    const { status, body } = await api.call(request, { raw });
    expect([status, body.type]).toEqual([413, '/problems/payload-too-large']);
    expect(body.detail).toMatch(/^The limit is \d+ bytes\.$/);
  });
});

describe.each(titled(withUpload))('%s', (request, { upload }) => {
  test.each(['', 'no part at all', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', '--x--x--x'])(
    'answers 400 or 422 to %j, which is no form',
    async (raw) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      const { status, body } = await api.call(request, { raw, headers });
      expect([400, 422]).toContain(status);
      expect(['/problems/malformed-multipart', '/problems/invalid-input']).toContain(body.type);
    },
  );

  test('answers 400 to a form without a boundary', async () => {
    const headers = { 'content-type': 'multipart/form-data' };
    const { status, body } = await api.call(request, { raw: '--x--', headers });
    expect([status, body.type]).toEqual([400, '/problems/malformed-multipart']);
  });

  test('answers 413 to a file that is too large', async () => {
    const form = formWith(upload?.part ?? '', Buffer.alloc((upload?.maxBytes ?? 0) + 1, onePixel));
    const { status, body } = await api.call(request, { form });
    expect([status, body.type]).toEqual([413, '/problems/payload-too-large']);
    expect(body.detail).toMatch(/^The limit is \d+ bytes\.$/);
  });

  test('answers 422 to a file that is no image, and to one under another name', async () => {
    const text = await api.call(request, { form: formWith(upload?.part ?? '', Buffer.from('not an image')) });
    expect([text.status, text.body.type]).toEqual([422, '/problems/not-an-image']);
    const other = await api.call(request, { form: formWith('other', onePixel) });
    expect(other.status).toBe(422);
    expect(other.body.errors).toContainEqual({ pointer: '#/other', detail: 'is not a known file' });
  });
});

describe.each(titled(endpoints))('%s', (request, endpoint) => {
  test('answers 405 to other methods and names its own', async () => {
    const [, path = ''] = request.split(' ');
    const own = endpoints
      .filter((one) => one.path === endpoint.path)
      .map(({ method }) => method.toUpperCase());
    for (const method of ['DELETE', 'PATCH', 'PUT', 'POST'].filter((one) => !own.includes(one))) {
      const { status, headers, body } = await api.call(`${method} ${path}`);
      expect([status, body.type]).toEqual([405, '/problems/method-not-allowed']);
      for (const one of own) expect(headers.get('allow')).toContain(one);
    }
    const options = await api.call(`OPTIONS ${path}`);
    expect([options.status, options.headers.get('allow')]).toEqual([
      204,
      expect.stringContaining(own[0] ?? ''),
    ]);
  });

  test('is found at its very path only', async () => {
    const [method, path = ''] = request.split(' ');
    for (const other of [`${path}/`, path.toUpperCase(), `/${path}`]) {
      if (other === path) continue;
      const { status } = await api.call(`${method} ${other}`, validBody(endpoint));
      expect(status).toBe(404);
    }
  });

  test('says nothing about what it is made of, and keeps its answer out of caches', async () => {
    const { headers } = await api.call(request, validBody(endpoint));
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    // The reference's own files are everybody's.
    const kept = endpoint.path.startsWith('/docs') ? 'no-cache' : 'no-store';
    expect(headers.get('cache-control')).toBe(kept);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test.each(titled(inNeed))('%s answers 503 without Postgres', async (request, endpoint) => {
  const { status, headers, body } = await withoutDatabase.call(request, validBody(endpoint));
  expect([status, body.retryable]).toEqual([503, true]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

test.each(titled(withoutNeed))('%s needs no Postgres', async (request, { operationId }) => {
  // No link is known here; files.test.ts has some.
  expect((await withoutDatabase.call(request)).status).toBe(operationId === 'fetchFile' ? 403 : 200);
});
