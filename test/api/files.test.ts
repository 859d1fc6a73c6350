import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileStore } from '../../src/storage/create-file-store.ts';
import { signingKey, startApi, type TestApi } from './start-api.ts';

// What a bucket's links are signed with; nobody is asked.
process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
process.env['AWS_REGION'] = 'us-east-1';

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
      'content-disposition': `attachment; filename="Uber.html"; filename*=UTF-8''%C3%9Cber.html`,
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
    expect(tag).toMatch(/^"[\w-]+"$/);
    const { status } = await api.call(`GET ${path}`, { headers: { 'If-None-Match': tag } });
    expect(status).toBe(304);
  });

  test('gives all of it to a client that has a part of something else', async () => {
    const path = await linkTo('0123456789');
    const tag = (await api.call(`GET ${path}`)).headers.get('etag') ?? '';
    const rest = (ifRange: string) =>
      api.call(`GET ${path}`, { headers: { Range: 'bytes=4-', 'If-Range': ifRange } });
    expect(await rest(tag)).toMatchObject({ status: 206, body: '456789' });
    expect(await rest('"another"')).toMatchObject({ status: 200, body: '0123456789' });
  });

  test('answers 410 once the link has expired, and where the file is gone', async () => {
    const file = { key: 'tests/none', name: 'x', mediaType: 'text/csv' };
    for (const link of [await api.files.link(file, new Date()), await api.files.link(file, inAnHour())]) {
      const { status, headers, body } = await api.call(`GET ${link}`);
      expect([status, body.type]).toEqual([410, '/problems/link-expired']);
      expect(headers.get('content-disposition')).toBeNull();
    }
  });

  test('answers 503 while the folder of files is away', async () => {
    const path = await linkTo('0123456789');
    await rename(api.filesFolder, `${api.filesFolder}-away`);
    const { status, headers, body } = await api.call(`GET ${path}`);
    await rename(`${api.filesFolder}-away`, api.filesFolder);
    expect([status, body.type]).toEqual([503, '/problems/files-unavailable']);
    expect(headers.get('retry-after')).not.toBeNull();
    expect((await api.call(`GET ${path}`)).body).toBe('0123456789');
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

  test('leads into the bucket where files are in one, and answers 410 itself once it has expired', async () => {
    const place = { kind: 's3', bucket: 'files', prefix: '' } as const;
    const bucket = createFileStore({
      place,
      s3Endpoint: 'http://bucket.example',
      timeoutMs: 1_000,
      signingKey,
      publicUrl: null,
    });
    const withBucket = await startApi({ files: bucket });
    const file = { key: 'tests/a', name: 'a.csv', mediaType: 'text/csv' };
    const led = await fetch(`${withBucket.url}${await bucket.link(file, inAnHour())}`, {
      redirect: 'manual',
    });
    expect(led.status).toBe(302);
    expect(led.headers.get('location')).toMatch(
      /^http:\/\/bucket\.example\/files\/tests\/a\?.*X-Amz-Signature=/,
    );
    expect((await withBucket.call(`GET ${await bucket.link(file, new Date())}`)).status).toBe(410);
    await withBucket.stop();
    bucket.close();
  });
});
