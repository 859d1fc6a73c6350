import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { linkedUntil } from '../../src/api/bodies/links.ts';
import { readLink } from '../../src/storage/signed-link.ts';
import { formWith, onePixel } from './pictures.ts';
import { signingKey, startApi, type TestApi } from './start-api.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ settings: { fileLinkLifetimeMs: hourMs } });
});
afterAll(() => api.stop());
beforeEach(() => {
  // Half an hour begins.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-15T09:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

function endOf(url: string): Date {
  const read = readLink(url.replace('/files/', ''), Buffer.from(signingKey), new Date());
  if (read.outcome !== 'good') throw new Error('a link that is not good');
  return read.expiresAt;
}

async function jobWithFile(expiresAt: string): Promise<string> {
  const { body } = await api.call('POST /jobs', { json: { type: 'echo', input: {} } });
  for (const status of ['dispatched', 'running', 'completed'])
    await api.pool.query(
      `update jobs set status = $2, finished_at = case when $2 = 'completed' then now() end where id = $1`,
      [body.jobId, status],
    );
  await api.pool.query(
    `update jobs set file_key = 'exports/a.csv', file_name = 'a.csv', file_media_type = 'text/csv', file_bytes = 1,
       file_expires_at = $2 where id = $1`,
    [body.jobId, expiresAt],
  );
  return `/jobs/${body.jobId}`;
}

async function photoWithSizes(): Promise<string> {
  const { body } = await api.call('POST /photos', { form: formWith('photo', onePixel) });
  await api.pool.query(
    `insert into photo_sizes (photo_id, size, key, bytes) values ($1, 64, 'photos/a', 1)`,
    [body.photoId],
  );
  await api.pool.query('update photos set width = 1, height = 1, ready_at = now() where id = $1', [
    body.photoId,
  ]);
  return `/photos/${body.photoId}`;
}

test.each([
  ['a job', () => jobWithFile('2026-01-22T09:00:00Z'), (body: any) => body.downloadUrl],
  ['a photo', photoWithSizes, (body: any) => body.sizes[0].url],
])('the link of %s stays the same for a while, and so does the tag', async (_what, make, linkIn) => {
  const path = await make();
  later(1);
  const { headers, body } = await api.call(`GET ${path}`);
  const etag = headers.get('etag') ?? '';
  expect(endOf(linkIn(body))).toEqual(new Date('2026-01-15T10:30:00Z'));
  later(29 * minuteMs);
  const again = await api.call(`GET ${path}`, { headers: { 'If-None-Match': etag } });
  expect(again.status).toBe(304);
  later(minuteMs);
  const next = await api.call(`GET ${path}`, { headers: { 'If-None-Match': etag } });
  expect([next.status, endOf(linkIn(next.body))]).toEqual([200, new Date('2026-01-15T11:00:00Z')]);
});

test('a page of jobs has the same tag as long as their links are the same', async () => {
  await jobWithFile('2026-01-22T09:00:00Z');
  later(1);
  const etag = (await api.call('GET /jobs?type=echo')).headers.get('etag') ?? '';
  later(29 * minuteMs);
  const again = await api.call('GET /jobs?type=echo', { headers: { 'If-None-Match': etag } });
  expect(again.status).toBe(304);
});

test('a link lives no longer than its file', async () => {
  const path = await jobWithFile('2026-01-15T09:20:00Z');
  expect(endOf((await api.call(`GET ${path}`)).body.downloadUrl)).toEqual(new Date('2026-01-15T09:20:00Z'));
});

test.each([1_000, 1_500, 59_999, hourMs, 7 * 24 * hourMs])(
  'a link of %i ms lives that long at least, and half as long again at most',
  (fileLinkLifetimeMs) => {
    for (let ms = 0; ms < 5_000; ms += 333) {
      const now = new Date(Date.now() + ms);
      const livesMs = linkedUntil(now, { fileLinkLifetimeMs }).getTime() - now.getTime();
      expect(livesMs).toBeGreaterThanOrEqual(fileLinkLifetimeMs);
      expect(livesMs).toBeLessThan(1.5 * fileLinkLifetimeMs + 1_000);
    }
  },
);
