import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { echo, oncePerKey } from './job-types.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const json = { type: 'echo', input: { label: 'a' } };

async function enqueue(body: object = {}): Promise<string> {
  const answer = await api.call('POST /jobs', { json: { ...json, ...body } });
  expect(answer.status).toBe(202);
  return String(answer.body.jobId);
}

/** Moves a job on as its attempts do. */
async function move(jobId: string, ...statuses: string[]): Promise<void> {
  for (const status of statuses) {
    await api.pool.query(
      `update jobs set status = $2, attempts = attempts + 1, error_type = case when $2 = 'dead' then 'Error' end,
         error_detail = case when $2 = 'dead' then 'no' end,
         finished_at = case when $2 in ('completed', 'dead') then now() end
       where id = $1`,
      [jobId, status],
    );
  }
}

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('POST /jobs', () => {
  test('accepts a job and says where it is', async () => {
    const { status, headers, body } = await api.call('POST /jobs', { json });
    expect(status).toBe(202);
    const self = `/jobs/${body.jobId}`;
    expect(body).toEqual({
      jobId: body.jobId,
      type: 'echo',
      status: 'queued',
      created: true,
      links: { self, events: `${self}/events` },
    });
    expect([headers.get('location'), headers.get('retry-after')]).toEqual([self, '1']);
    const { rows } = await api.pool.query('select data from job_events where job_id = $1', [body.jobId]);
    expect(rows).toEqual([{ data: { runAt: expect.stringMatching(/^[\d-]+T[\d:]+\.\d{3}Z$/) } }]);
    const read = await api.call(`GET ${self}`);
    expect(read.body).toMatchObject({
      status: 'queued',
      input: { label: 'a' },
      progress: { percent: 0, message: null },
      attempts: 0,
      result: null,
      error: null,
      downloadUrl: null,
      startedAt: null,
      links: { workflow: null },
    });
    expect(read.headers.get('retry-after')).toBe('1');
  });

  test.each([
    ['runAt', { runAt: new Date(Date.now() + 60_000).toISOString() }],
    ['delaySeconds', { delaySeconds: 60 }],
  ])('keeps a job with %s for later', async (_name, when) => {
    const { body } = await api.call('POST /jobs', { json: { ...json, ...when } });
    expect(body.status).toBe('scheduled');
    expect((await api.call(`GET /jobs/${body.jobId}`)).body.status).toBe('scheduled');
  });

  test('gives the same answer to the same key, and makes one job', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const first = await api.call('POST /jobs', { json, headers });
    const again = await api.call('POST /jobs', { json, headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replay')).toBe('true');
    expect((await api.call('POST /jobs', { json: { ...json, priority: 1 }, headers })).status).toBe(422);
  });

  test('makes one job of many requests with the same key at once', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call('POST /jobs', { json, headers })),
    );
    const ids = answers.filter(({ status }) => status === 202).map(({ body }) => body.jobId);
    expect(new Set(ids).size).toBe(1);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
  });

  test('answers with the job that has the unique key, and with the first answer to the idempotency key', async () => {
    const unique = { ...json, type: oncePerKey.name, uniqueKey: newId() };
    const first = await api.call('POST /jobs', { json: unique });
    const headers = { 'Idempotency-Key': newId() };
    const second = await api.call('POST /jobs', { json: unique, headers });
    expect(second.body).toMatchObject({ jobId: first.body.jobId, created: false, status: 'queued' });
    expect((await api.call('POST /jobs', { json: unique, headers })).body).toEqual(second.body);
    await move(first.body.jobId, 'dispatched', 'running', 'completed');
    const third = await api.call('POST /jobs', { json: unique });
    expect(third.body).toMatchObject({ jobId: first.body.jobId, created: false, status: 'completed' });
  });

  test('names everything that is wrong at once, the input of the type included', async () => {
    const { status, body } = await api.call('POST /jobs', {
      json: {
        type: 'echo',
        input: { label: 7, other: true },
        priority: 101,
        callbackUrl: 'http://10.0.0.1/x',
      },
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '#/callbackUrl',
      '#/input/label',
      '#/input/other',
      '#/priority',
    ]);
  });

  test.each([
    ['a type that nobody knows', { type: 'none' }, '#/type'],
    ['a type that clients may not ask for', { type: 'inner' }, '#/type'],
    ['both a time and a delay', { runAt: '2030-01-01T00:00:00Z', delaySeconds: 1 }, '#/delaySeconds'],
    [
      'a time by which it is not worth beginning',
      { runAt: '2030-01-01T00:00:00Z', expiresAt: '2030-01-01T00:00:00Z' },
      '#/expiresAt',
    ],
    ['a key that is too long', { uniqueKey: 'x'.repeat(201) }, '#/uniqueKey'],
    ['the place of a schedule’s tick', { uniqueKey: ' schedule:weekly-summary:2026-11-16' }, '#/uniqueKey'],
    ['a place in the line of a schedule’s ticks', { orderingKey: 'schedule:t1' }, '#/orderingKey'],
  ])('refuses %s', async (_what, wrong, pointer) => {
    const { status, body } = await api.call('POST /jobs', { json: { ...json, ...wrong } });
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });

  test.each([
    ['an input that is no object', { input: [] }, [{ pointer: '#/input', detail: 'must be an object' }]],
    [
      'a callback’s URL that is too long',
      { callbackUrl: `https://shop.example/${'x'.repeat(2_000)}` },
      [{ pointer: '#/callbackUrl', detail: 'must have at most 2000 characters' }],
    ],
    [
      'one that is too long and leads nowhere',
      { callbackUrl: `ftp://shop.example/${'x'.repeat(2_000)}` },
      [
        { pointer: '#/callbackUrl', detail: 'must have at most 2000 characters' },
        { pointer: '#/callbackUrl', detail: expect.stringContaining('must be a URL that begins with') },
      ],
    ],
  ])('names once what is wrong with %s', async (_what, wrong, errors) => {
    const { body } = await api.call('POST /jobs', { json: { ...json, ...wrong } });
    expect(body.errors).toEqual(errors);
  });

  const pastIt = 'the job could never begin';

  test.each([
    ['has passed', () => ({ expiresAt: inMs(-1_000) }), `must not have passed: ${pastIt}`],
    [
      'has passed, if not as long ago as the job was due',
      () => ({ runAt: inMs(-2_000), expiresAt: inMs(-1_000) }),
      `must not have passed: ${pastIt}`,
    ],
    [
      'comes before the delay is over',
      () => ({ delaySeconds: 60, expiresAt: inMs(30_000) }),
      `must be later than the delay: ${pastIt}`,
    ],
    [
      'comes before the job is due',
      () => ({ runAt: inMs(60_000), expiresAt: inMs(30_000) }),
      `must be later than runAt: ${pastIt}`,
    ],
  ])('refuses an expiry that %s, with all else that is wrong', async (_what, times, detail) => {
    const error = { pointer: '#/expiresAt', detail };
    const { status, body } = await api.call('POST /jobs', { json: { ...json, ...times() } });
    expect([status, body.errors]).toEqual([422, [error]]);
    const more = await api.call('POST /jobs', { json: { ...json, ...times(), priority: 101 } });
    expect(more.body.errors).toEqual([expect.objectContaining({ pointer: '#/priority' }), error]);
  });

  test.each([
    ['now', () => ({ expiresAt: inMs(60_000) })],
    ['after its delay', () => ({ delaySeconds: 30, expiresAt: inMs(60_000) })],
    ['although it was due long ago', () => ({ runAt: inMs(-60_000), expiresAt: inMs(60_000) })],
  ])('takes a job that can still begin %s', async (_when, times) => {
    const { status } = await api.call('POST /jobs', { json: { ...json, ...times() } });
    expect(status).toBe(202);
  });

  test('gives the answer that it has given before, although the job has expired since', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const expiring = { ...json, expiresAt: inMs(1_000) };
    const first = await api.call('POST /jobs', { json: expiring, headers });
    expect(first.status).toBe(202);
    await expect.poll(async () => (await api.call('POST /jobs', { json: expiring })).status).toBe(422);
    const again = await api.call('POST /jobs', { json: expiring, headers });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get('idempotent-replay')).toBe('true');
  });

  test('refuses an input that is too large, and says what the limit is', async () => {
    const { status, body } = await api.call('POST /jobs', {
      json: { type: 'echo', input: { label: 'x'.repeat(70_000) } },
    });
    expect([status, body.errors[0].pointer]).toEqual([422, '#/input']);
    expect(body.errors[0].detail).toContain('65536');
  });

  test('takes no more of a type while too many of them wait', async () => {
    api.fillBacklog(true);
    const { status, headers } = await api.call('POST /jobs', { json });
    api.fillBacklog(false);
    expect([status, headers.get('retry-after')]).toEqual([429, '10']);
  });
});

describe('GET /jobs', () => {
  test('lists the newest first, page by page, by type and status', async () => {
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push(await enqueue({ type: oncePerKey.name }));
    const filter = `type=${oncePerKey.name}&status=queued&limit=2`;
    const first = await api.call(`GET /jobs?${filter}`);
    expect(first.body.items.map(({ jobId }: { jobId: string }) => jobId)).toEqual(ids.slice(3).toReversed());
    const link = /<([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
    const second = await api.call(`GET ${link}`);
    expect(second.body.items.map(({ jobId }: { jobId: string }) => jobId)).toEqual(
      ids.slice(1, 3).toReversed(),
    );
  });

  test('finds the dead letters', async () => {
    const jobId = await enqueue();
    await move(jobId, 'dispatched', 'running', 'dead');
    const { body } = await api.call('GET /jobs?status=dead');
    expect(body.items).toMatchObject([{ jobId, status: 'dead', error: { type: 'Error', detail: 'no' } }]);
  });

  test.each(['status=lost', 'cursor=x', 'limit=101', 'enqueuedAfter=yesterday', 'nope=1'])(
    'refuses the query %s',
    async (query) => {
      expect((await api.call(`GET /jobs?${query}`)).status).toBe(422);
    },
  );
});

describe('a command', () => {
  test('cancels a job that waits, and does so once', async () => {
    const jobId = await enqueue();
    const { status, body } = await api.call(`POST /jobs/${jobId}/cancel`, { json: { reason: 'twice' } });
    expect([status, body.status]).toEqual([202, 'cancelled']);
    expect((await api.call(`POST /jobs/${jobId}/cancel`)).status).toBe(202);
    const { rows } = await api.pool.query('select kind, reason from job_commands where job_id = $1', [jobId]);
    expect(rows).toEqual([{ kind: 'cancel', reason: 'twice' }]);
  });

  test('starts a dead job again as its next round, and refuses what is not dead', async () => {
    const jobId = await enqueue();
    expect((await api.call(`POST /jobs/${jobId}/retry`)).status).toBe(409);
    await move(jobId, 'dispatched', 'running', 'dead');
    const { status, body } = await api.call(`POST /jobs/${jobId}/retry`);
    expect([status, body.status, body.round, body.attempts, body.error]).toEqual([202, 'queued', 2, 0, null]);
  });

  test('is held to the job that was read', async () => {
    const jobId = await enqueue();
    const etag = (await api.call(`GET /jobs/${jobId}`)).headers.get('etag') ?? '';
    await api.pool.query('update jobs set progress_percent = 1 where id = $1', [jobId]);
    const headers = { 'If-Match': etag };
    expect((await api.call(`POST /jobs/${jobId}/cancel`, { headers })).status).toBe(412);
    const now = (await api.call(`GET /jobs/${jobId}`)).headers.get('etag') ?? '';
    expect((await api.call(`POST /jobs/${jobId}/cancel`, { headers: { 'If-Match': now } })).status).toBe(202);
  });
});

describe('GET /jobs/{id}/result', () => {
  test('leads to the file for a while', async () => {
    const jobId = await enqueue();
    await move(jobId, 'dispatched', 'running', 'completed');
    await api.pool.query(
      `update jobs set file_key = 'exports/a.csv', file_name = 'a.csv', file_media_type = 'text/csv', file_bytes = 1,
         file_expires_at = now() + interval '1 hour' where id = $1`,
      [jobId],
    );
    const response = await fetch(`${api.url}/jobs/${jobId}/result`, { redirect: 'manual' });
    const link = expect.stringMatching(/^\/files\/[\w-]+\.[\w-]+$/);
    expect([response.status, response.headers.get('location')]).toEqual([302, link]);
    expect((await api.call(`GET /jobs/${jobId}`)).body.downloadUrl).toEqual(link);
  });
});

describe('a type of jobs', () => {
  test('is listed with what it takes and how its jobs stand', async () => {
    const { body } = await api.call('GET /job-types');
    const listed = body.items.find(({ name }: { name: string }) => name === echo.name);
    expect(listed).toMatchObject({
      offered: true,
      paused: null,
      maxAttempts: 3,
      inputSchema: { type: 'object', properties: { label: { type: 'string' } }, additionalProperties: false },
    });
    expect(listed.jobs.waiting).toBeGreaterThan(0);
  });

  test('is paused, by whom and why, until it goes on', async () => {
    const paused = await api.call('POST /job-types/echo/pause', { json: { reason: 'the bucket is full' } });
    expect(paused.body.paused).toMatchObject({ by: 'anonymous', reason: 'the bucket is full' });
    const again = await api.call('POST /job-types/echo/pause');
    expect(again.body.paused).toEqual(paused.body.paused);
    expect((await api.call('POST /job-types/echo/resume')).body.paused).toBeNull();
  });
});

test('a job belongs to the key that asked for it, whose secret signs its callback', async () => {
  const locked = await startApi({ accessSettings: { mayStandOpen: false } });
  const { id, name, headers } = await makeKey(locked.pool, ['jobs:write', 'jobs:read']);
  const { body } = await locked.call('POST /jobs', { json, headers });
  expect((await locked.call(`GET /jobs/${body.jobId}`, { headers })).body.requestedBy).toBe(name);
  const { rows } = await locked.pool.query('select api_key_id from jobs where id = $1', [body.jobId]);
  expect(rows).toEqual([{ api_key_id: id }]);
  await locked.stop();
});
