import { execFileSync } from 'node:child_process';
import { parse } from 'csv-parse/sync';
import readSheets from 'read-excel-file/node';
import sharp from 'sharp';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { newId } from '../../src/domain/new-id.ts';
import type { Spawned } from '../worker/spawned.ts';
import { seedOrders } from './orders.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

const count = 120_000;
const timeoutMs = 300_000;
/** A worker's start and a helper's, at a lower priority than all else, on a busy machine. */
const soon = { timeout: 120_000, interval: 10 };

let rig: FilesRig;
let mail: MailSandbox;
beforeAll(async () => {
  mail = await startMailSandbox();
  rig = await startFilesRig({ worker: false, variables: { SMTP_URL: mail.smtpUrl } });
  await seedOrders(rig.pool, count);
}, timeoutMs);
afterAll(async () => {
  await rig.close();
  await mail.close();
});

/** The workers of a test, gone when it ends however it ends: the next test's job is for the one that it kills. */
let survivor: { stop(): Promise<void> } | undefined;
let victim: Spawned | undefined;
function spawnVictim(): Spawned {
  victim = rig.spawnWorker();
  return victim;
}
async function takeOver(): Promise<void> {
  survivor = await rig.startWorker();
}
afterEach(async () => {
  victim?.kill('SIGKILL');
  await victim?.ended;
  await survivor?.stop();
  [victim, survivor] = [undefined, undefined];
});

/** The helper processes of a process, by their ids. */
function helpersOf(pid: number): number[] {
  const list = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.some((arg) => arg.endsWith('/child.ts')))
    .map(([id]) => Number(id));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test(
  'an export whose worker is killed goes on behind its last whole part, and its file is whole',
  { timeout: timeoutMs },
  async () => {
    const doomed = spawnVictim();
    const { body } = await rig.call('POST /exports', { json: { kind: 'orders', format: 'csv' } });
    const partsOf = async () => {
      const { rows } = await rig.pool.query('select checkpoint from jobs where id = $1', [body.jobId]);
      return rows[0]?.checkpoint?.parts ?? [];
    };
    await expect.poll(async () => (await partsOf()).length, soon).toBeGreaterThan(0);
    const [first] = await partsOf();
    doomed.kill('SIGKILL');
    await doomed.ended;
    expect((await rig.read(body.jobId)).status).toBe('running');
    await takeOver();
    const job = await rig.until(body.jobId, 'completed', 'dead', 'failed');
    expect(job).toMatchObject({ status: 'completed', result: { rows: count }, attempts: 2 });
    // The file was put together from the first part, which can go now: it was not written again.
    const { rows: gone } = await rig.pool.query('select key from loose_objects where remove_after <= now()');
    expect(gone.map(({ key }) => key)).toContain(first);
    const led = await fetch(`${rig.url}/jobs/${body.jobId}/result`);
    const rows: Record<string, string>[] = parse(Buffer.from(await led.arrayBuffer()), { columns: true });
    expect(rows.map(({ total }) => total)).toHaveLength(count);
    expect(new Set(rows.map(({ orderId }) => orderId)).size).toBe(count);
  },
);

const rowsIn = {
  async xlsx(file: Buffer): Promise<string[]> {
    const [sheet] = await readSheets(file);
    return (sheet?.data ?? []).slice(1).map(([orderId]) => String(orderId));
  },
  async pdf(file: Buffer): Promise<string[]> {
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(file)));
    return text.join(' ').match(/customer\d+@shop\.example/g) ?? [];
  },
};

test.each(['xlsx', 'pdf'] as const)(
  'an export of %s whose worker is killed is begun anew, and its file is whole',
  { timeout: timeoutMs },
  async (format) => {
    const doomed = spawnVictim();
    // One a second, the first a second after midnight.
    const filter = { createdBefore: '2026-01-01T05:00:01.000Z' };
    const { body } = await rig.call('POST /exports', { json: { kind: 'orders', format, filter } });
    const saidOf = async () => (await rig.read(body.jobId)).progressMessage;
    await expect.poll(saidOf, soon).toMatch(/^[\d,]+ of 18,000 orders$/);
    doomed.kill('SIGKILL');
    await doomed.ended;
    expect((await rig.read(body.jobId)).status).toBe('running');
    await takeOver();
    const job = await rig.until(body.jobId, 'completed', 'dead', 'failed');
    expect(job).toMatchObject({ status: 'completed', result: { rows: 18_000 }, attempts: 2 });
    const led = await fetch(`${rig.url}/jobs/${body.jobId}/result`);
    const rows = await rowsIn[format](Buffer.from(await led.arrayBuffer()));
    expect([rows.length, new Set(rows).size]).toEqual([18_000, 18_000]);
    expect((await rig.keys()).filter((key) => key.includes(body.jobId))).toEqual([job.fileKey]);
  },
);

test(
  'thumbnails whose worker is killed are made by another one, and its helper ends with it',
  { timeout: timeoutMs },
  async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const image = await sharp({
      create: { width: 5_000, height: 5_000, channels: 3, noise, background: '#000' },
    })
      .png({ compressionLevel: 0 })
      .toBuffer()
      .then((raw) => sharp(raw).jpeg({ quality: 60 }).toBuffer());
    const doomed = spawnVictim();
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(image)]), 'noise.jpg');
    const { body } = await rig.call('POST /photos', { form });
    await expect.poll(() => helpersOf(doomed.pid).length, soon).toBeGreaterThan(0);
    const helpers = helpersOf(doomed.pid);
    doomed.kill('SIGKILL');
    await doomed.ended;
    await expect.poll(() => helpers.filter(isAlive), soon).toEqual([]);
    await takeOver();
    const job = await rig.until(body.jobId, 'completed', 'dead', 'failed');
    expect(job).toMatchObject({ status: 'completed', attempts: 2 });
    const photo = (await rig.call(`GET /photos/${body.photoId}`)).body;
    expect(photo).toMatchObject({ status: 'ready', width: 5_000, height: 5_000 });
    for (const { size, url, bytes } of photo.sizes) {
      const file = Buffer.from(await (await fetch(new URL(url, rig.url))).arrayBuffer());
      expect(file).toHaveLength(bytes);
      expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width: size, height: size });
    }
  },
);

test.each([
  { when: 'before the server has taken the mail', mode: 'hang', mails: 1 },
  { when: 'after it, before its reply', mode: 'delay_reply', mails: 2 },
] as const)(
  'a mail whose worker is killed $when goes out, repeated only where its reply was lost',
  { timeout: timeoutMs },
  async ({ mode, mails }) => {
    const doomed = spawnVictim();
    const earlier = await register();
    await rig.until(earlier.welcomeMail, 'completed');
    const fault = mail.faults.add({ operation: 'mail.send', mode, delayMs: timeoutMs });
    const { email, welcomeMail } = await register();
    const struck = () => mail.faults.list().find(({ faultId }) => faultId === fault.faultId)?.hits;
    const taken = mails - 1;
    await expect.poll(() => [struck(), mail.messages({ to: email }).length], soon).toEqual([1, taken]);
    doomed.kill('SIGKILL');
    await doomed.ended;
    expect((await rig.read(welcomeMail)).status).toBe('running');
    await takeOver();
    const job = await rig.until(welcomeMail, 'completed', 'dead', 'failed');
    expect(job).toMatchObject({ status: 'completed', attempts: 2 });
    const sent = mail.messages({ to: email });
    expect(sent).toHaveLength(mails);
    // The same mail to everybody on its way.
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
    expect(mail.messages({ to: earlier.email })).toHaveLength(1);
  },
);

async function register(): Promise<{ email: string; welcomeMail: string }> {
  const email = `${newId()}@shop.example`;
  const { body } = await rig.call('POST /registrations', { json: { email, name: 'Ada' } });
  const job = body.jobs.find(({ type }: { type: string }) => type === 'welcome-mail');
  return { email, welcomeMail: job.jobId };
}
