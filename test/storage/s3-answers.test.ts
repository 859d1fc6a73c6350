import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFileStore } from '../../src/storage/create-file-store.ts';
import type { FileStore } from '../../src/storage/file-store.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
process.env['AWS_REGION'] = 'us-east-1';

let answer: { readonly status: number; readonly body: string };
const server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
let store: FileStore;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  store = createFileStore({
    place: { kind: 's3', bucket: 'files', prefix: '' },
    s3Endpoint: `http://127.0.0.1:${port}`,
    timeoutMs: 5_000,
    signingKey: 'k'.repeat(32),
    publicUrl: null,
  });
});
afterAll(() => {
  store.close();
  server.close();
});

test('a bucket that says so has no such file, and what is to be removed is gone', async () => {
  answer = { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
  await expect(store.get('a')).resolves.toBeNull();
  await expect(store.remove('a')).resolves.toBeUndefined();
});

test.each([
  [404, '', 'ProviderUnavailable'],
  [404, '<Error><Code>NoSuchBucket</Code></Error>', 'Misconfigured'],
  [403, '<Error><Code>AccessDenied</Code></Error>', 'Misconfigured'],
  [500, '<Error><Code>InternalError</Code></Error>', 'ProviderUnavailable'],
  [503, '', 'ProviderRateLimited'],
])('of a file nothing is said by an answer of %i %s', async (status, body, type) => {
  answer = { status, body };
  await expect(store.get('a')).rejects.toMatchObject({ name: 'Failure', type });
  await expect(store.remove('a')).rejects.toMatchObject({ name: 'Failure', type });
});
