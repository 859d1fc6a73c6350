import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formWith, onePixel } from './pictures.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const handIn = (fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  api.call('POST /photos', { form: formWith('photo', onePixel, fields), headers });

async function rows(text: string, values: unknown[] = []): Promise<any[]> {
  return (await api.pool.query(text, values)).rows;
}

describe('POST /photos', () => {
  test('keeps the photo and its job in one commit, and answers at once', async () => {
    const { status, headers, body } = await handIn({ watermark: '© Ada' });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/photos/${body.photoId}`);
    const [photo] = await rows('select * from photos where id = $1', [body.photoId]);
    expect(photo).toMatchObject({ job_id: body.jobId, media_type: 'image/gif', bytes: onePixel.length });
    expect(photo.watermark).toBe('© Ada');
    const [job] = await rows('select type, status, input from jobs where id = $1', [body.jobId]);
    expect(job).toEqual({ type: 'thumbnails', status: 'ready', input: { photoId: body.photoId } });
    expect(await rows('select * from loose_objects where key = $1', [photo.original_key])).toEqual([]);
    expect(await api.files.get(photo.original_key)).not.toBeNull();
    const read = await api.call(`GET /photos/${body.photoId}`);
    expect(read.body).toMatchObject({ status: 'processing', sizes: [], width: null, readyAt: null });
    expect(read.headers.get('retry-after')).toBe('1');
  });

  test('gives the same answer to the same key and file, and keeps one photo', async () => {
    const headers = { 'Idempotency-Key': 'photo-1' };
    const first = await handIn({}, headers);
    const again = await handIn({}, headers);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get('idempotent-replay')).toBe('true');
    const other = await api.call('POST /photos', {
      form: formWith('photo', Buffer.concat([onePixel, Buffer.from('x')])),
      headers,
    });
    expect([other.status, other.body.type]).toEqual([422, '/problems/idempotency-key-reused']);
    const [{ due }] = await rows(
      'select count(*)::int as due from loose_objects where remove_after <= clock_timestamp()',
    );
    expect(due).toBe(2);
  });

  test('names everything that is wrong at once, and keeps nothing', async () => {
    const form = formWith('photo', onePixel, { watermark: 'x'.repeat(61), other: 'y' });
    form.append('watermark', 'again');
    form.append('extra', new Blob(['x']), 'x.txt');
    const { status, body } = await api.call('POST /photos', { form });
    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual([
      '#/extra',
      '#/other',
      '#/watermark',
    ]);
    const none = await api.call('POST /photos', { form: formWith('else', onePixel) });
    expect(none.body.errors).toContainEqual({ pointer: '#/photo', detail: 'is missing' });
  });

  test('answers 429 while too many wait', async () => {
    api.fillBacklog(true);
    const { status, body } = await handIn();
    api.fillBacklog(false);
    expect([status, body.type]).toEqual([429, '/problems/backlog-full']);
  });
});

describe('GET /photos/{id}', () => {
  test('says why a photo was refused', async () => {
    expect(await endedPhoto('failed', 'ImageRefused')).toMatchObject({
      status: 'failed',
      error: { type: 'ImageRefused', detail: 'ImageRefused' },
    });
  });

  test('says that it failed where nobody knows why any more', async () => {
    const { body } = await handIn();
    await rows('delete from jobs where id = $1', [body.jobId]);
    expect((await api.call(`GET /photos/${body.photoId}`)).body).toMatchObject({ status: 'failed' });
  });
});

async function endedPhoto(status: string, error: string | null): Promise<any> {
  const { body } = await handIn();
  for (const next of ['dispatched', 'running'])
    await rows('update jobs set status = $2 where id = $1', [body.jobId, next]);
  await rows(
    `update jobs set status = $2, finished_at = now(), error_type = $3, error_detail = $3 where id = $1`,
    [body.jobId, status, error],
  );
  return (await api.call(`GET /photos/${body.photoId}`)).body;
}
