import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  // Whoever has a link needs nothing else: no key, no database.
  api = await startApi({
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    accessSettings: { mayStandOpen: false },
  });
});
afterAll(() => api.stop());

const inAnHour = () => new Date(Date.now() + 3_600_000);

async function linkTo(content: string, name = 'orders.csv', mediaType = 'text/csv'): Promise<string> {
  const key = `tests/${name.replaceAll(/[^a-z.]/g, '')}x`;
  await api.files.put(key, Buffer.from(content), { mediaType });
  return api.files.link({ key, name, mediaType }, inAnHour());
}

describe('GET /files/{token}', () => {
  test('gives the file as a download that does nothing in a browser', async () => {
    const { status, headers, body } = await api.call(
      `GET ${await linkTo('<script>', 'Über.html', 'text/html')}`,
    );
    expect([status, body]).toEqual([200, '<script>']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '8',
      'content-disposition': `attachment; filename="U_ber.html"; filename*=UTF-8''%C3%9Cber.html`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  test('gives a part, so that a download can go on', async () => {
    const path = await linkTo('0123456789');
    const { status, headers, body } = await api.call(`GET ${path}`, { headers: { Range: 'bytes=4-' } });
    expect([status, body, headers.get('content-range')]).toEqual([206, '456789', 'bytes 4-9/10']);
  });

  test('gives the head alone to whoever asks for it', async () => {
    const { status, headers, body } = await api.call(`HEAD ${await linkTo('0123456789')}`);
    expect([status, body, headers.get('content-length')]).toEqual([200, '', '10']);
  });

  test('answers 304 to a client that has it already', async () => {
    const path = await linkTo('0123456789');
    const tag = (await api.call(`GET ${path}`)).headers.get('etag') ?? '';
    const { status } = await api.call(`GET ${path}`, { headers: { 'If-None-Match': tag } });
    expect(status).toBe(304);
  });

  test('answers 410 once the link has expired, and where the file is gone', async () => {
    const file = { key: 'tests/none', name: 'x', mediaType: 'text/csv' };
    for (const link of [await api.files.link(file, new Date()), await api.files.link(file, inAnHour())]) {
      const { status, headers, body } = await api.call(`GET ${link}`);
      expect([status, body.type]).toEqual([410, '/problems/link-expired']);
      expect(headers.get('content-disposition')).toBeNull();
    }
  });

  test('answers 403 to a link that was changed, whatever it then leads to', async () => {
    const path = await linkTo('secret');
    const [text = '', mac = ''] = path.replace('/files/', '').split('.');
    const passwd = Buffer.from(JSON.stringify(['../../etc/passwd', 'x', 'text/plain', 9e9])).toString(
      'base64url',
    );
    for (const token of [`${passwd}.${mac}`, `${text}.`, text, `${text}.AAAA`, '..%2f..%2fetc%2fpasswd']) {
      const { status, body } = await api.call(`GET /files/${token}`);
      expect([status, body.type]).toEqual([403, '/problems/link-not-valid']);
    }
  });

  test('leads nowhere where files are in a bucket', async () => {
    const path = await linkTo('x');
    const withBucket = await startApi({ settings: { folder: null } });
    expect((await withBucket.call(`GET ${path}`)).status).toBe(403);
    await withBucket.stop();
  });
});
