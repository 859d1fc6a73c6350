import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import type { FileStore } from '../../src/storage/file-store.ts';

const mediaType = 'text/plain';
const megabyte = 1024 * 1024;

function key(): string {
  return `tests/${newId()}/file.txt`;
}

/** What every store does, whatever it keeps its files in. */
export function objectStoreContract(store: () => FileStore): void {
  const textAt = async (at: string) => {
    const body = await store().get(at);
    return body && (await buffer(body)).toString();
  };

  it('gives back what was put, whole or as a stream', async () => {
    const [whole, streamed, empty] = [key(), key(), key()];
    await expect(store().put(whole, Buffer.from('Grüße'), { mediaType })).resolves.toEqual({ bytes: 7 });
    await expect(
      store().put(streamed, Readable.from([Buffer.from('a'), Buffer.from('bc')]), { mediaType }),
    ).resolves.toEqual({ bytes: 3 });
    await store().put(empty, Buffer.alloc(0), { mediaType });
    expect([await textAt(whole), await textAt(streamed), await textAt(empty)]).toEqual(['Grüße', 'abc', '']);
  });

  it('puts a stream of many megabytes', { timeout: 60_000 }, async () => {
    const at = key();
    const chunk = randomBytes(megabyte);
    const hash = createHash('sha256');
    const chunks = function* () {
      for (let index = 0; index < 20; index += 1) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const { bytes } = await store().put(at, Readable.from(chunks()), { mediaType });
    expect(bytes).toBe(20 * megabyte);
    const read = createHash('sha256');
    for await (const part of (await store().get(at)) ?? []) read.update(part);
    expect(read.digest('hex')).toBe(hash.digest('hex'));
  });

  it('has a repeat take the place of what was there', async () => {
    const at = key();
    await store().put(at, Buffer.from('first, and longer'), { mediaType });
    await store().put(at, Buffer.from('second'), { mediaType });
    expect(await textAt(at)).toBe('second');
  });

  it('has nothing where nothing was put, and nothing once it is removed', async () => {
    const at = key();
    expect(await store().get(at)).toBeNull();
    await store().put(at, Buffer.from('x'), { mediaType });
    await store().remove(at);
    expect(await store().get(at)).toBeNull();
    await store().remove(at);
  });

  it.each([
    ['small', 1],
    ['of many parts', 12],
  ])('leaves what was there when a %s body breaks off', async (_size, megabytes) => {
    const at = key();
    await store().put(at, Buffer.from('before'), { mediaType });
    const broken = Readable.from(breaksOffAfter(megabytes));
    await expect(store().put(at, broken, { mediaType })).rejects.toThrow('broke off');
    expect(await textAt(at)).toBe('before');
  });

  it('leaves nothing when it is called off, and says with what', async () => {
    const at = key();
    const stop = new AbortController();
    const put = store().put(at, Readable.from(neverEnds(() => stop.abort(new Error('called off')))), {
      mediaType,
      signal: stop.signal,
    });
    await expect(put).rejects.toThrow('called off');
    expect(await store().get(at)).toBeNull();
    const late = store().put(at, Buffer.from('x'), { mediaType, signal: stop.signal });
    await expect(late).rejects.toThrow('called off');
    expect(await store().get(at)).toBeNull();
  });

  it('gives no more of a file once its reading is called off', async () => {
    const at = key();
    await store().put(at, Buffer.alloc(4 * megabyte), { mediaType });
    const stop = new AbortController();
    const { signal } = stop;
    const file = await store().get(at, { signal });
    stop.abort(new Error('called off'));
    await expect(buffer(file ?? Readable.from([]))).rejects.toThrow(/called off|aborted/);
    await expect(store().get(at, { signal })).rejects.toThrow('called off');
  });

  it.each([
    '',
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a/./b',
    'a//b',
    'a/',
    '.hidden',
    'a\\b',
    'a b',
    'ä',
  ])('takes %j for no key', async (bad) => {
    await expect(store().put(bad, Buffer.from('x'), { mediaType })).rejects.toThrow('no key');
    await expect(store().get(bad)).rejects.toThrow('no key');
    await expect(store().remove(bad)).rejects.toThrow('no key');
    await expect(store().link({ key: bad, name: 'x', mediaType }, new Date())).rejects.toThrow('no key');
  });
}

async function* breaksOffAfter(megabytes: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < megabytes; index += 1) yield Buffer.alloc(megabyte);
  throw new Error('broke off');
}

async function* neverEnds(afterFirst: () => void): AsyncGenerator<Buffer> {
  yield Buffer.alloc(megabyte);
  afterFirst();
  for (;;) {
    yield Buffer.alloc(1024);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
