import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand, CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../src/storage/create-file-store.ts';
import type { FileStore, LinkedFile } from '../../src/storage/file-store.ts';
import { pathInFolder } from '../../src/storage/folder.ts';
import { objectStoreContract } from './object-store.contract.ts';
import { startS3Server } from './s3/server.ts';

const mediaType = 'text/plain';
const common = { s3Endpoint: undefined, timeoutMs: 2_000, signingKey: 'k'.repeat(32), publicUrl: null };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('a folder', () => {
  let root: string;
  let store: FileStore;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'order-saga-files-'));
    store = createFileStore({ ...common, place: { kind: 'folder', root: join(root, 'made', 'anew') } });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  objectStoreContract(() => store);

  it('keeps no unfinished file after any of that', async () => {
    expect(await readdir(join(root, 'made', 'anew', 'unfinished'))).toEqual([]);
  });

  it('removes what a process that died has left unfinished, and not what is being written', async () => {
    const unfinished = join(root, 'made', 'anew', 'unfinished');
    await writeFile(join(unfinished, 'old'), 'half');
    await writeFile(join(unfinished, 'new'), 'half');
    await utimes(join(unfinished, 'old'), minutesAgo(120), minutesAgo(120));
    await expect(store.removeUnfinished(minutesAgo(60))).resolves.toBe(1);
    expect(await readdir(unfinished)).toEqual(['new']);
  });

  it('is misconfigured where it cannot be a folder, and out of reach where the disk says so', async () => {
    await writeFile(join(root, 'a-file'), '');
    const wrong = createFileStore({ ...common, place: { kind: 'folder', root: join(root, 'a-file') } });
    await expect(wrong.put('a', Buffer.from('x'), { mediaType })).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { code: 'ENOTDIR' },
    });
    const taken = join(root, 'taken', 'files', 'a', 'folder');
    await mkdir(taken, { recursive: true });
    await writeFile(join(taken, 'b'), '');
    const other = createFileStore({ ...common, place: { kind: 'folder', root: join(root, 'taken') } });
    await expect(other.put('a/folder', Buffer.from('x'), { mediaType })).rejects.toMatchObject({
      name: 'Failure',
    });
    expect(await readdir(join(root, 'taken', 'unfinished'))).toEqual([]);
  });
});

describe('a folder that is away', () => {
  const unavailable = { name: 'Failure', type: 'ProviderUnavailable' };
  const text = Buffer.from('x');
  let at: string;
  let root: string;
  beforeEach(async () => {
    at = await mkdtemp(join(tmpdir(), 'order-saga-mount-'));
    root = join(at, 'files');
  });
  afterEach(() => rm(at, { recursive: true, force: true }));

  const open = () => createFileStore({ ...common, place: { kind: 'folder', root } });

  it.each([
    ['not there', () => Promise.resolve()],
    ['an empty mount point', () => mkdir(root)],
    [
      'a mount point that an earlier release has put files under',
      async () => {
        await mkdir(join(root, 'files'), { recursive: true });
        await mkdir(join(root, 'unfinished'));
      },
    ],
  ])(
    'and is %s takes and gives nothing, forgets nothing, and is as it was when it is back',
    async (_as, leave) => {
      const store = open();
      await store.put('kept', text, { mediaType });
      await rename(root, `${root}.away`);
      await leave();
      const hidden = await readdir(at, { recursive: true });
      const calls = [
        store.put('lost', text, { mediaType }),
        store.put('lost/too', Readable.from([text]), { mediaType }),
        store.get('kept'),
        store.remove('kept'),
        store.removeUnfinished(new Date()),
      ];
      for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ reason: unavailable });
      expect(await readdir(at, { recursive: true })).toEqual(hidden);
      await rm(root, { recursive: true, force: true });
      await rename(`${root}.away`, root);
      expect([await store.get('lost'), await readFile(pathInFolder(root, 'kept'), 'utf8')]).toEqual([
        null,
        'x',
      ]);
    },
  );

  it('is known for one by all who begin at once, and whatever an earlier release has left', async () => {
    await mkdir(join(root, 'files'), { recursive: true });
    await writeFile(join(root, 'files', 'earlier'), 'x');
    const stores = [open(), open(), open(), open()];
    await expect(Promise.all(stores.map((store) => store.get('none')))).resolves.toEqual(Array(4).fill(null));
    await rename(root, `${root}.away`);
    for (const store of stores) await expect(store.get('earlier')).rejects.toMatchObject(unavailable);
  });
});

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
process.env['AWS_REGION'] = 'us-east-1';

async function urlOf(store: FileStore, file: LinkedFile): Promise<URL> {
  const place = await store.locate(file);
  if (!('url' in place)) throw new Error('a file of a bucket is at no URL');
  return new URL(place.url);
}

const stores: FileStore[] = [];
afterAll(() => stores.forEach((store) => store.close()));

function openBucket(url: string, bucket = 'files'): FileStore {
  const place = { kind: 's3', bucket, prefix: 'shop/' } as const;
  const store = createFileStore({ ...common, s3Endpoint: url, place });
  stores.push(store);
  return store;
}

const server = await startS3Server();

describe.skipIf(server === null)('a bucket (asks for Python, to run an S3 server with)', () => {
  const url = server?.url ?? '';
  const client = new S3Client({ endpoint: url, forcePathStyle: true });
  const store = openBucket(url);
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'files' }));
  });
  afterAll(() => server?.stop());

  objectStoreContract(() => store);

  it('says where a file is for a minute, as a download under its name', async () => {
    await store.put('exports/1/orders', Buffer.from('a;b'), { mediaType: 'text/csv' });
    const file = { key: 'exports/1/orders', name: 'Übersicht "Mai".csv', mediaType: 'text/csv' };
    const answer = await fetch(await urlOf(store, file));
    expect([answer.status, await answer.text()]).toEqual([200, 'a;b']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Ubersicht _Mai_.csv"; filename*=UTF-8''%C3%9Cbersicht%20%22Mai%22.csv`,
    );
    const part = await fetch(await urlOf(store, file), { headers: { Range: 'bytes=1-' } });
    expect([part.status, await part.text()]).toEqual([206, ';b']);
    expect((await urlOf(store, file)).searchParams.get('X-Amz-Expires')).toBe('60');
  });

  it('gives up uploads that a process that died has left unfinished, and not those of others', async () => {
    for (const Key of ['shop/left', 'elsewhere/left'])
      await client.send(new CreateMultipartUploadCommand({ Bucket: 'files', Key }));
    await expect(store.removeUnfinished(new Date(0))).resolves.toBe(0);
    await expect(store.removeUnfinished(new Date())).resolves.toBe(1);
    await expect(store.removeUnfinished(new Date())).resolves.toBe(0);
  });

  it('is misconfigured where there is no such bucket', async () => {
    const other = openBucket(url, 'no-such-bucket');
    await expect(other.put('a', Buffer.from('x'), { mediaType })).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { error: 'NoSuchBucket' },
    });
  });
});

it('a bucket is out of reach where nobody listens', async () => {
  const store = openBucket('http://127.0.0.1:1');
  const calls = await Promise.allSettled([
    store.put('a', Buffer.from('x'), { mediaType }),
    store.get('a'),
    store.remove('a'),
    store.removeUnfinished(new Date()),
  ]);
  for (const call of calls)
    expect(call).toMatchObject({
      reason: { type: 'ProviderUnavailable', facts: { error: 'ECONNREFUSED' } },
    });
});
