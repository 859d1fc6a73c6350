import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
});
afterAll(() => api.stop());

test('serves a page whose every file comes from here', async () => {
  const { status, headers, body } = await api.call('GET /docs');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const linked = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
  expect(linked.toSorted()).toEqual([
    'data:,',
    'docs/start.js',
    'docs/swagger-ui-bundle.js',
    'docs/swagger-ui.css',
    'openapi.json',
  ]);
  for (const file of linked.filter((url) => !url.startsWith('data:'))) {
    expect((await api.call(`GET /${file}`)).status).toBe(200);
  }
});

test('lets the page run nothing but its own files, and talk to nobody else', async () => {
  const { headers } = await api.call('GET /docs');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test('lets browsers keep the files, and asks them to look whether they are new', async () => {
  const first = await api.call('GET /docs/swagger-ui-bundle.js');
  expect(first.headers.get('cache-control')).toBe('no-cache');
  expect(first.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const again = await api.call('GET /docs/swagger-ui-bundle.js', {
    headers: { 'If-None-Match': first.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});
