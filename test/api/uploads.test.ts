import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxPhotoBytes } from '../../src/domain/photo.ts';
import { newId } from '../../src/domain/new-id.ts';
import { heicHead, vectors } from '../images/samples.ts';
import { formWith, onePixel } from './pictures.ts';
import { exchangeRaw } from './raw-http.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const fields = () => ({ email: `${newId()}@shop.example`, name: 'Ada' });
const routes = [
  { path: '/photos', part: 'photo', others: () => ({}) },
  { path: '/registrations', part: 'avatar', others: fields },
];

const type = 'multipart/form-data; boundary=x';

function head(part: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${part}"; filename="a.gif"\r\n\r\n`;
}

function post(path: string, body: string, headers: readonly string[] = []): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`POST ${path} HTTP/1.1`, 'Host: shop', `Content-Type: ${type}`, length, ...headers, '', body].join(
    '\r\n',
  );
}

/** How many files are whole in the store, loose, and not given up. */
async function wholeFiles(): Promise<number> {
  const { rows } = await api.pool.query<{ key: string }>(
    'select key from loose_objects where remove_after > clock_timestamp()',
  );
  const files = await Promise.all(rows.map(({ key }) => api.files.get(key)));
  for (const file of files) file?.destroy();
  return files.filter((file) => file !== null).length;
}

/** What there is once a request is over: photos, files that nobody has given up, and files half written. */
async function leftovers(): Promise<{ photos: number; whole: number; unfinished: number }> {
  const { rows } = await api.pool.query<{ photos: number }>('select count(*)::int as photos from photos');
  const { length: unfinished } = await api.unfinishedFiles();
  return { photos: rows[0]?.photos ?? 0, whole: await wholeFiles(), unfinished };
}

const none = { photos: 0, whole: 0, unfinished: 0 };

describe.each(routes)('POST $path', ({ path, part, others }) => {
  test.each([
    ['within its file', head(part) + 'GIF89a and so on, and on'],
    ['within a file that nobody asked for', head('other') + 'GIF89a and so on, and on'],
    ['within the head of a part', '--x\r\nContent-Disposition: form-d'],
    ['within a field', '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAd'],
    ['behind its file', `${head(part)}${onePixel.toString('latin1')}\r\n--x\r\n`],
  ])('answers 400 to a form that breaks off %s', async (_where, body) => {
    const { status, body: problem } = await exchangeRaw(api.url, post(path, body));
    expect([status, problem.type]).toEqual([400, '/problems/malformed-multipart']);
    expect((await api.call('GET /livez')).status).toBe(200);
    expect(await leftovers()).toEqual(none);
  });

  test.each([
    ['a photo in HEIC', heicHead],
    ['an image of vectors', vectors],
    ['a page', Buffer.from('<!doctype html><title>no</title>')],
    ['a program', Buffer.from('7f454c4602010100', 'hex')],
    ['fewer bytes than tell what it is', Buffer.from('GIF89a')],
    ['nothing', Buffer.alloc(0)],
  ])('answers 422 to %s, whatever its name says', async (_what, file) => {
    const { status, body } = await api.call(`POST ${path}`, { form: formWith(part, file, others()) });
    expect([status, body.type]).toEqual([422, '/problems/not-an-image']);
    expect(await leftovers()).toEqual(none);
  });

  test('answers 413 to a file that goes on and on, without saying so beforehand', async () => {
    const chunk = Buffer.alloc(1024 * 1024, onePixel);
    let sent = 0;
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(Buffer.from(head(part))),
      pull(stream) {
        if (sent > 2 * maxPhotoBytes) return stream.close();
        sent += chunk.length;
        stream.enqueue(chunk);
      },
    });
    const answer = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    expect(await leftovers()).toEqual(none);
  });

  test('answers 400 to a form of many parts', async () => {
    const form = formWith(part, onePixel, others());
    for (let index = 0; index < 30; index += 1) form.append(`field-${index}`, 'x');
    const { status, body } = await api.call(`POST ${path}`, { form });
    expect([status, body.type]).toEqual([400, '/problems/malformed-multipart']);
    expect(await leftovers()).toEqual(none);
  });

  test('gives up a file that is whole in the store when the form breaks off behind it', async () => {
    const begun = `${head(part)}${onePixel.toString('latin1')}\r\n--x\r\nContent-Disposition: form-data; name="name"\r\n`;
    const { readable: body, writable } = new TransformStream();
    const client = writable.getWriter();
    void client.write(Buffer.from(begun, 'latin1'));
    const answer = fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
    });
    await expect.poll(wholeFiles).toBe(1);
    await client.close();
    expect((await answer).status).toBe(400);
    expect(await leftovers()).toEqual(none);
  });

  test('keeps nothing of a client that goes away in the midst of it', async () => {
    const served = api.log.length;
    const before = await looseCount();
    const stop = new AbortController();
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(Buffer.from(`${head(part)}GIF89a and so on, and on`)),
    });
    const sent = fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
      signal: stop.signal,
    });
    await expect.poll(looseCount).toBe(before + 1);
    stop.abort();
    await expect(sent).rejects.toThrow('aborted');
    const gone = () =>
      api.log.slice(served).filter(({ event, status }) => event === 'requestServed' && status === 499);
    await expect.poll(() => gone().length).toBe(1);
    await expect.poll(leftovers).toEqual(none);
    expect(api.log.slice(served).filter(({ event }) => event === 'requestFailed')).toEqual([]);
  });
});

/** A part as browsers send it. */
function filePart(part: string, fileName: string, content = ''): string {
  const named = `Content-Disposition: form-data; name="${part}"; filename="${fileName}"`;
  return `--x\r\n${named}\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n`;
}

function fieldPart(name: string, value: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

const picture = onePixel.toString('latin1');

async function send(path: string, ...parts: string[]) {
  const raw = Buffer.from(`${parts.join('')}--x--\r\n`, 'latin1');
  return api.call(`POST ${path}`, { raw, headers: { 'content-type': type } });
}

const person = () => Object.entries(fields()).map(([name, value]) => fieldPart(name, value));

describe('a file that nobody has chosen', () => {
  test('is none: a form that may have one is taken', async () => {
    const { status, body } = await send('/registrations', ...person(), filePart('avatar', ''));
    expect(status).toBe(201);
    expect(body.jobs.map((job: { type: string }) => job.type)).not.toContain('thumbnails');
    expect(await leftovers()).toEqual(none);
  });

  test('is missing where there has to be one', async () => {
    const { status, body } = await send('/photos', filePart('photo', ''));
    expect([status, body.errors]).toEqual([422, [{ pointer: '#/photo', detail: 'is missing' }]]);
  });

  test.each(['before', 'behind'])('makes no second one of it %s one that is chosen', async (where) => {
    const parts = [filePart('avatar', ''), filePart('avatar', 'a.gif', picture)];
    const { status, body } = await send(
      '/registrations',
      ...person(),
      ...(where === 'before' ? parts : parts.toReversed()),
    );
    expect(status).toBe(201);
    expect(body.jobs).toContainEqual(expect.objectContaining({ type: 'thumbnails' }));
  });

  test('is one all the same where only its name is missing', async () => {
    expect((await send('/photos', filePart('photo', '', picture))).status).toBe(202);
  });
});

const vectorPart = (part: string) => filePart(part, 'x.svg', vectors.toString('latin1'));

describe('a form with a file that is no image', () => {
  const noImage = {
    pointer: '#/avatar',
    detail: 'must be an image: image/jpeg, image/png, image/gif, image/webp, image/avif',
  };

  test('is told that, where nothing else is wrong', async () => {
    const { status, body } = await send('/registrations', ...person(), vectorPart('avatar'));
    expect([status, body.type, body.errors]).toEqual([422, '/problems/not-an-image', [noImage]]);
  });

  test.each(['before', 'behind'])('is told all else that is wrong %s it as well', async (where) => {
    const parts = [vectorPart('avatar'), fieldPart('email', 'nobody')];
    const { status, body } = await send(
      '/registrations',
      ...(where === 'before' ? parts.toReversed() : parts),
    );
    expect([status, body.type]).toEqual([422, '/problems/not-an-image']);
    expect(body.errors).toEqual([
      noImage,
      { pointer: '#/email', detail: 'must be an e-mail address' },
      { pointer: '#/name', detail: 'is required' },
    ]);
  });

  test('is told so of an avatar in JSON too', async () => {
    const [avatar, tiny] = [vectors, Buffer.from('GIF89a')].map((bytes) => bytes.toString('base64'));
    for (const one of [avatar, tiny]) {
      const { body } = await api.call('POST /registrations', { json: { ...fields(), avatar: one } });
      expect([body.type, body.errors]).toEqual(['/problems/not-an-image', [noImage]]);
    }
    const { body } = await api.call('POST /registrations', { json: { email: fields().email, avatar } });
    expect(body.errors).toEqual([{ pointer: '#/name', detail: 'is required' }, noImage]);
  });
});

test.each([
  ['a field', '--x\r\nContent-Disposition: form-data\r\n\r\ntext\r\n'],
  ['a file', '--x\r\nContent-Disposition: form-data; filename="a.gif"\r\n\r\nGIF89a\r\n'],
])('answers 400 to a form with %s without a name', async (_what, part) => {
  const { status, body } = await send('/registrations', ...person(), part);
  expect([status, body.type, body.detail]).toEqual([
    400,
    '/problems/malformed-multipart',
    'A part of the body has no name.',
  ]);
});

test('points to a part by its name, whatever is in it', async () => {
  const { body } = await send('/photos', filePart('a/b', 'a.gif', picture), filePart('photo', '', picture));
  expect(body.errors).toEqual([{ pointer: '#/a~1b', detail: 'is not a known file' }]);
});

test.each([
  ['as two files', [filePart('avatar', 'a.gif', picture), filePart('avatar', 'b.gif', picture)]],
  ['as two files without names', [filePart('avatar', '', picture), filePart('avatar', '', picture)]],
  ['as a file and a field', [filePart('avatar', 'a.gif', picture), fieldPart('avatar', 'text')]],
  ['as a field and a file', [fieldPart('avatar', 'text'), filePart('avatar', 'a.gif', picture)]],
])('an avatar %s is given more than once', async (_how, parts) => {
  const before = await wholeFiles();
  const { status, body } = await send('/registrations', ...person(), ...parts);
  expect([status, body.errors]).toEqual([422, [{ pointer: '#/avatar', detail: 'is given more than once' }]]);
  expect(await wholeFiles()).toBe(before);
});

async function looseCount(): Promise<number> {
  const { rows } = await api.pool.query<{ count: number }>(
    'select count(*)::int as count from loose_objects',
  );
  return rows[0]?.count ?? 0;
}

test('an upload that meets a defect of ours is not told as the client’s', async () => {
  const broken = await startApi({
    files: { ...api.files, put: () => Promise.reject(new Error('a defect')) },
  });
  const { status } = await broken.call('POST /photos', { form: formWith('photo', onePixel) });
  await broken.stop();
  expect(status).toBe(500);
});
