import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../../src/api/settings.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createPayloadCodec } from '../../src/temporal/payload-codec.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const settings = settingsOf(
  loadConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    STRIPE_API_KEY: 'sk_test',
    STRIPE_WEBHOOK_SECRET: 'whsec',
    EASYPOST_API_KEY: 'EZTK',
    EASYPOST_WEBHOOK_SECRET: 'secret',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'orders@shop.example',
    TEMPORAL_UI_URL: 'https://ui.shop.example/temporal',
    PAYLOAD_ENCRYPTION_KEYS: `k1:${key(1)},k2:${key(2)}`,
    PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k2',
  }),
);
const uiOrigin = 'https://ui.shop.example';

let api: TestApi;
let off: TestApi;
beforeAll(async () => {
  [api, off] = await Promise.all([startApi({ settings }), startApi()]);
});
afterAll(() => Promise.all([api.stop(), off.stop()]));

const value = { version: 1, orderId: 'the-order' };
const plain = defaultPayloadConverter.toPayload(value);

const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
const json = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
  data: base64(data),
});

async function sealedWith(active: string, byte: number) {
  const codec = createPayloadCodec({ active, keys: new Map([[active, Buffer.alloc(32, byte)]]) });
  return (await codec.encode([plain])).map(json);
}

describe('the codec for the Temporal Web UI', () => {
  test('decodes what any of its keys has encrypted, and passes on what is in clear text', async () => {
    const payloads = [...(await sealedWith('k1', 1)), json(plain), ...(await sealedWith('k2', 2))];
    const { status, body } = await api.call('POST /codec/decode', { json: { payloads } });
    expect(status).toBe(200);
    expect(body).toEqual({ payloads: [json(plain), json(plain), json(plain)] });
  });

  test('encodes with the active key', async () => {
    const encoded = await api.call('POST /codec/encode', { json: { payloads: [json(plain)] } });
    expect(encoded.status).toBe(200);
    expect(JSON.stringify(encoded.body)).toContain(base64(Buffer.from('k2')));
    expect(JSON.stringify(encoded.body)).not.toContain(base64(plain.data));
    const decoded = await api.call('POST /codec/decode', { json: encoded.body });
    expect(decoded.body).toEqual({ payloads: [json(plain)] });
  });

  test('takes payloads without data, and none', async () => {
    const nothing = { metadata: { encoding: base64(Buffer.from('binary/null')) } };
    const encoded = await api.call('POST /codec/encode', { json: { payloads: [nothing, {}] } });
    const decoded = await api.call('POST /codec/decode', { json: encoded.body });
    expect(decoded.body).toEqual({
      payloads: [
        { ...nothing, data: '' },
        { metadata: {}, data: '' },
      ],
    });
    const none = await api.call('POST /codec/decode', { json: { payloads: [] } });
    expect(none.body).toEqual({ payloads: [] });
  });

  test('names every payload that it cannot read, and why', async () => {
    const [changed] = await sealedWith('k1', 7);
    const payloads = [...(await sealedWith('k9', 9)), json(plain), changed];
    const { status, body } = await api.call('POST /codec/decode', { json: { payloads } });
    expect([status, body.type]).toEqual([422, '/problems/invalid-input']);
    expect(body.errors).toEqual([
      { pointer: '#/payloads/0', detail: expect.stringContaining('encrypted with the key "k9"') },
      { pointer: '#/payloads/2', detail: expect.stringContaining('was changed') },
    ]);
  });

  test('is not there without keys', async () => {
    for (const path of ['POST /codec/decode', 'POST /codec/encode']) {
      const { status, body } = await off.call(path, { json: { payloads: [json(plain)] } });
      expect([status, body.type]).toEqual([404, '/problems/not-found']);
    }
  });
});

const preflight = (origin: string, path = '/codec/decode') =>
  fetch(`${api.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type,x-namespace',
    },
  });

describe('pages of the Temporal Web UI', () => {
  test('may call it, and read its answers and its problems', async () => {
    const allowed = await preflight(uiOrigin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(uiOrigin);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
    const names = allowed.headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? [];
    expect(names).toEqual(expect.arrayContaining(['authorization', 'content-type', 'x-namespace']));

    const headers = { Origin: uiOrigin };
    for (const [path, body] of [
      ['/codec/decode', { payloads: [] }],
      ['/codec/decode', { payloads: 'none' }],
      ['/codec/encode', { payloads: [] }],
    ] as const) {
      const answer = await api.call(`POST ${path}`, { json: body, headers });
      expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    }
  });

  test('of another origin may not, and nobody may call anything else from elsewhere', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `${uiOrigin}.evil.example`,
      'http://ui.shop.example',
    ]) {
      const { headers } = await preflight(origin);
      expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, 'Origin']);
    }
    for (const path of ['/orders', '/products', '/openapi.json'])
      expect((await preflight(uiOrigin, path)).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('are let in by the key that a proxy adds to what they send, and by nothing that they send themselves', async () => {
    const own = await startApi({ settings, accessSettings: { mayStandOpen: false } });
    const proxy = await makeKey(own.pool, ['ops']);
    // As version 2.54 of the Web UI sends it.
    const send = (headers: Record<string, string>) =>
      own.call('POST /codec/decode?preserveStorageRefs=true', {
        json: { payloads: [json(plain)] },
        headers: { Origin: uiOrigin, 'X-Namespace': 'default', Cookie: 'session=good', ...headers },
      });
    const proxied = await send(proxy.headers);
    expect([proxied.status, proxied.body]).toEqual([200, { payloads: [json(plain)] }]);
    for (const headers of [{}, { Authorization: 'Bearer eyJ0eXAi.eyJzdWIi.c2ln' }]) {
      const refused = await send(headers);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, uiOrigin]);
    }
    await own.stop();
  });
});
