import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { newId } from '../../src/domain/new-id.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

const timeoutMs = 120_000;
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

async function register(
  avatar?: Buffer,
): Promise<{ email: string; userId: string; jobs: Record<string, string> }> {
  const email = `${newId()}@shop.example`;
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

  test('while the mail server is away registrations are as quick, and every mail goes out once it is there', async () => {
    const port = mail.smtpPort;
    await mail.close();
    const made = [];
    const begunAt = performance.now();
    for (let index = 0; index < 20; index += 1) made.push(await register());
    expect((performance.now() - begunAt) / made.length).toBeLessThan(1_000);
    await expect.poll(welcomesThatFailedOnce, soon).toBeGreaterThanOrEqual(5);
    mail = await startMailSandbox({ smtpPort: port });
    for (const { email, jobs } of made) {
      await rig.until(jobs['welcome-mail'] ?? '', 'completed');
      expect(mail.messages({ to: email })).toHaveLength(1);
    }
  });
});

async function welcomesThatFailedOnce(): Promise<number> {
  const { rows } = await rig.pool.query(
    `select count(distinct job_id)::int as count from job_attempts a join jobs j on j.id = a.job_id
     where j.type = 'welcome-mail' and a.error_type = 'ProviderUnavailable'`,
  );
  return rows[0].count;
}
