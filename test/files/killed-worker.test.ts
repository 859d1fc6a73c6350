import { execFileSync } from 'node:child_process';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedOrders } from './orders.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

const count = 120_000;
const timeoutMs = 180_000;
const soon = { timeout: 60_000, interval: 10 };

let rig: FilesRig;
beforeAll(async () => {
  rig = await startFilesRig({ worker: false });
  await seedOrders(rig.pool, count);
}, timeoutMs);
afterAll(() => rig.close());

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
    const doomed = rig.spawnWorker();
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
    await rig.startWorker();
    const job = await rig.until(body.jobId, 'completed', 'dead', 'failed');
    expect(job).toMatchObject({ status: 'completed', result: { rows: count }, attempts: 2 });
    // The first part was not written again.
    expect((await rig.keys()).filter((key) => key === first)).toEqual([first]);
    const led = await fetch(`${rig.url}/jobs/${body.jobId}/result`);
    const rows: Record<string, string>[] = parse(Buffer.from(await led.arrayBuffer()), { columns: true });
    expect(rows.map(({ total }) => total)).toHaveLength(count);
    expect(new Set(rows.map(({ orderId }) => orderId)).size).toBe(count);
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
    const doomed = rig.spawnWorker();
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(image)]), 'noise.jpg');
    const { body } = await rig.call('POST /photos', { form });
    await expect.poll(() => helpersOf(doomed.pid).length, soon).toBeGreaterThan(0);
    const helpers = helpersOf(doomed.pid);
    doomed.kill('SIGKILL');
    await doomed.ended;
    await expect.poll(() => helpers.filter(isAlive), soon).toEqual([]);
    await rig.startWorker();
    const job = await rig.until(body.jobId, 'completed', 'dead', 'failed');
    expect(job.status).toBe('completed');
    const photo = (await rig.call(`GET /photos/${body.photoId}`)).body;
    expect(photo).toMatchObject({ status: 'ready', width: 5_000, height: 5_000 });
    for (const { size, url, bytes } of photo.sizes) {
      const file = Buffer.from(await (await fetch(new URL(url, rig.url))).arrayBuffer());
      expect(file).toHaveLength(bytes);
      expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width: size, height: size });
    }
  },
);
