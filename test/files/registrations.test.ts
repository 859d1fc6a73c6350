import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { userMailRules } from '../../src/activities/jobs/user-mail/rules.ts';
import { newId } from '../../src/domain/new-id.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

const timeoutMs = 180_000;
/** As the mailer has it. */
const mailTimeoutMs = 8_000;
const always = { times: 'always' } as const;
const soon = { timeout: 60_000, interval: 50 };

let rig: FilesRig;
let mail: MailSandbox;
beforeAll(async () => {
  mail = await startMailSandbox();
  rig = await startFilesRig({ variables: { SMTP_URL: `smtp://127.0.0.1:${mail.smtpPort}` } });
}, timeoutMs);
afterAll(async () => {
  await rig.close();
  await mail.close();
});

interface Registered {
  readonly email: string;
  readonly userId: string;
  /** Their ids by their types. */
  readonly jobs: Readonly<Record<string, string>>;
}

async function register(avatar?: Buffer, email = `${newId()}@shop.example`): Promise<Registered> {
  const form = new FormData();
  form.append('email', email);
  form.append('name', 'Ada <Lovelace>');
  if (avatar) form.append('avatar', new Blob([new Uint8Array(avatar)]), 'me.png');
  const { status, body } = await rig.call('POST /registrations', { form });
  expect(status).toBe(201);
  const jobs = body.jobs.map(({ jobId, type }: { jobId: string; type: string }) => [type, jobId]);
  return { email, userId: body.userId, jobs: Object.fromEntries(jobs) };
}

describe('behind a registration', { timeout: timeoutMs }, () => {
  test('the mail goes out, the avatar gets its sizes, and the registration is counted, each once', async () => {
    const avatar = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    const { email, userId, jobs } = await register(avatar);
    for (const type of ['welcome-mail', 'thumbnails', 'track-registration'])
      expect((await rig.until(jobs[type] ?? '', 'completed', 'failed', 'dead')).status).toBe('completed');
    const [welcome, ...more] = mail.messages({ to: email });
    expect(more).toEqual([]);
    expect(welcome).toMatchObject({ subject: 'Welcome' });
    const { rows } = await rig.pool.query(
      `select a.type, a.data, p.ready_at is not null as ready
       from users u join photos p on p.id = u.avatar_photo_id join analytics_events a on a.subject_id = u.id
       where u.id = $1`,
      [userId],
    );
    expect(rows).toEqual([{ type: 'user.registered', data: { avatar: true }, ready: true }]);
  });

  test('the follow-up goes out when its time has come', async () => {
    const { email, jobs } = await register();
    const id = jobs['follow-up-mail'] ?? '';
    expect((await rig.read(id)).status).toBe('scheduled');
    await rig.pool.query('update jobs set run_at = clock_timestamp() where id = $1', [id]);
    rig.context.jobs.wake();
    await rig.until(id, 'completed');
    await expect.poll(() => mail.messages({ to: email }).length, soon).toBe(2);
  });

  test('a refused avatar is told where it can be seen, and fails nothing else', async () => {
    const broken = (
      await sharp({ create: { width: 300, height: 300, channels: 3, background: '#123456' } })
        .png()
        .toBuffer()
    ).subarray(0, 90);
    const { userId, jobs } = await register(broken);
    expect(await rig.until(jobs['thumbnails'] ?? '', 'failed')).toMatchObject({
      errorType: 'ImageRefused',
      attempts: 1,
    });
    const { rows } = await rig.pool.query('select avatar_photo_id as id from users where id = $1', [userId]);
    const { body } = await rig.call(`GET /photos/${String(rows[0].id)}`);
    expect(body).toMatchObject({ status: 'failed', error: { type: 'ImageRefused' } });
    await rig.until(jobs['welcome-mail'] ?? '', 'completed');
  });

  test.each([
    ['is away', (): Promise<void> => mail.close()],
    ['says nothing any more', () => mail.faults.add({ operation: 'mail.*', ...always, mode: 'hang' })],
    ['asks to come back later', () => mail.faults.add({ operation: 'mail.*', ...always, mode: 'error500' })],
  ])(
    'while the mail server %s registrations do not wait for it, and every mail goes out once it is well',
    async (_what, fall) => {
      await fall();
      const made: Registered[] = [];
      for (let index = 0; index < 20; index += 1) {
        const begunAt = performance.now();
        made.push(await register());
        // A mail is given up after 8 seconds, so that a request that sends it would take that long.
        expect(performance.now() - begunAt).toBeLessThan(mailTimeoutMs / 2);
      }
      await expect
        .poll(() => failedOnce(made.map(({ jobs }) => jobs['welcome-mail'])), soon)
        .toBeGreaterThan(3);
      await recover();
      for (const { email, jobs } of made) {
        await rig.until(jobs['welcome-mail'] ?? '', 'completed');
        expect(mail.messages({ to: email })).toHaveLength(1);
      }
    },
  );

  test('addresses that the server puts off again and again hold up no other mail', async () => {
    const many = userMailRules.concurrency + 2;
    const putOff = await Promise.all(
      Array.from({ length: many }, async () => {
        const email = `${newId()}@full.example`;
        mail.faults.add({ operation: 'mail.rcpt', ...always, mode: 'error500', match: { to: email } });
        return register(undefined, email);
      }),
    );
    const ids = putOff.map(({ jobs }) => jobs['welcome-mail']);
    await expect.poll(() => failedOnce(ids), soon).toBe(many);
    const { jobs } = await register();
    await rig.until(jobs['welcome-mail'] ?? '', 'completed');
    await recover();
    for (const id of ids) await rig.until(id ?? '', 'completed');
  });

  test('an address that the server refuses fails its mail at once, and nothing else', async () => {
    const email = `${newId()}@nowhere.example`;
    mail.faults.add({ operation: 'mail.rcpt', ...always, mode: 'refuse', match: { to: email } });
    const { userId, jobs } = await register(undefined, email);
    const job = await rig.until(jobs['welcome-mail'] ?? '', 'failed', 'dead');
    expect(job).toMatchObject({ status: 'failed', errorType: 'MailRefused', attempts: 1 });
    await rig.until(jobs['track-registration'] ?? '', 'completed');
    const { rows } = await rig.pool.query('select 1 from users where id = $1', [userId]);
    expect(rows).toHaveLength(1);
  });
});

/** The mail server is there and well again, at the same place. */
async function recover(): Promise<void> {
  const port = mail.smtpPort;
  await mail.close().catch(() => undefined);
  mail = await startMailSandbox({ smtpPort: port });
}

/** How many of these jobs have had an attempt that a later one may make good. */
async function failedOnce(jobIds: readonly (string | undefined)[]): Promise<number> {
  const { rows } = await rig.pool.query(
    `select count(distinct job_id)::int as count from job_attempts
     where job_id = any($1::uuid[]) and error_type = 'ProviderUnavailable'`,
    [jobIds],
  );
  return rows[0].count;
}
