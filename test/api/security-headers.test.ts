import { afterEach, expect, test } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
afterEach(() => api.stop());

const requests = ['GET /products', 'GET /livez', 'GET /nowhere', 'DELETE /orders'];

test('tells browsers and caches on every answer that it is data, and nobody’s to keep', async () => {
  api = await startApi();
  for (const request of requests) {
    const { headers } = await api.call(request);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toBeNull();
  }
});

test('asks for HTTPS and nothing else only where clients come over TLS', async () => {
  api = await startApi({ settings: { https: true } });
  const { headers } = await api.call('GET /products');
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
});
