import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { formWith, onePixel } from './pictures.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const anybody = () => ({ email: `${newId()}@shop.example`, name: 'Ada' });

async function rows(text: string, values: unknown[] = []): Promise<any[]> {
  return (await api.pool.query(text, values)).rows;
}

const typesOf = (body: { jobs: { type: string }[] }) => body.jobs.map(({ type }) => type);
const always = ['welcome-mail', 'track-registration', 'follow-up-mail'];

describe('POST /registrations', () => {
  test('registers the user and owes all that follows, in one commit', async () => {
    const json = anybody();
    const { status, body } = await api.call('POST /registrations', { json });
    expect([status, typesOf(body)]).toEqual([201, always]);
    expect(await rows('select email, name, avatar_photo_id from users where id = $1', [body.userId])).toEqual(
      [{ ...json, avatar_photo_id: null }],
    );
    const jobs = await rows(
      `select type, status, input, round(extract(epoch from run_at - enqueued_at) / 3600)::int as hours
       from jobs where id = any($1::uuid[]) order by run_at, type`,
      [body.jobs.map(({ jobId }: { jobId: string }) => jobId)],
    );
    const input = { userId: body.userId };
    expect(jobs).toEqual([
      { type: 'welcome-mail', status: 'ready', input, hours: 0 },
      { type: 'track-registration', status: 'ready', input, hours: 0 },
      { type: 'follow-up-mail', status: 'scheduled', input, hours: 72 },
    ]);
  });

  test('takes an avatar as a file, and as base64 in JSON', async () => {
    const asFile = await api.call('POST /registrations', { form: formWith('avatar', onePixel, anybody()) });
    const asText = await api.call('POST /registrations', {
      json: { ...anybody(), avatar: onePixel.toString('base64') },
    });
    for (const { status, body } of [asFile, asText]) {
      expect([status, typesOf(body)]).toEqual([201, ['thumbnails', ...always]]);
      const [photo] = await rows(
        'select p.media_type, p.bytes from users u join photos p on p.id = u.avatar_photo_id where u.id = $1',
        [body.userId],
      );
      expect(photo).toEqual({ media_type: 'image/gif', bytes: onePixel.length });
    }
  });

  test('takes a form without a file', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(anybody())) form.append(name, value);
    expect((await api.call('POST /registrations', { form })).status).toBe(201);
  });

  test('registers an address once, however it is written, and of many at once one', async () => {
    const { email } = anybody();
    const answers = await Promise.all(
      [email, email.toUpperCase(), email, email].map((one) =>
        api.call('POST /registrations', { form: formWith('avatar', onePixel, { email: one, name: 'Ada' }) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    expect(await rows('select 1 from users where lower(email) = $1', [email])).toHaveLength(1);
    const created = await rows(
      `select 1 from jobs where type = 'welcome-mail' and input ->> 'userId' in
      (select id::text from users where lower(email) = $1)`,
      [email],
    );
    expect(created).toHaveLength(1);
    // What the others had sent is given up.
    const [{ due }] = await rows(
      'select count(*)::int as due from loose_objects where remove_after <= clock_timestamp()',
    );
    expect(due).toBeGreaterThanOrEqual(3);
  });

  test('gives the same answer to the same key', async () => {
    const json = anybody();
    const headers = { 'Idempotency-Key': `r-${json.email}` };
    const first = await api.call('POST /registrations', { json, headers });
    const again = await api.call('POST /registrations', { json, headers });
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  test('names everything that is wrong at once', async () => {
    const { status, body } = await api.call('POST /registrations', {
      json: { email: 'nobody', name: '', avatar: '***', age: 7 },
    });
    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual([
      '#/age',
      '#/avatar',
      '#/email',
      '#/name',
    ]);
  });
});
