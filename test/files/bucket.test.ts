import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startS3Server } from '../contract/s3/server.ts';
import { seedOrders } from './orders.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
process.env['AWS_REGION'] = 'us-east-1';

/** More than one part of a CSV file. */
const count = 52_500;
const timeoutMs = 120_000;
const linkLifetimeMs = 3_000;

const server = await startS3Server();

describe.skipIf(server === null)('a bucket (asks for Python, to run an S3 server with)', () => {
  let rig: FilesRig;
  beforeAll(async () => {
    const endpoint = server?.url ?? '';
    const client = new S3Client({ endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'files' }));
    client.destroy();
    const variables = {
      FILES_URL: 's3://files/shop',
      FILES_S3_ENDPOINT: endpoint,
      FILES_LINK_LIFETIME_MS: String(linkLifetimeMs),
    };
    rig = await startFilesRig({ variables });
    await seedOrders(rig.pool, count);
  }, timeoutMs);
  afterAll(async () => {
    await rig.close();
    await server?.stop();
  });

  test(
    'takes an export part by part, and gives it by a link of ours until that expires',
    { timeout: timeoutMs },
    async () => {
      const { body } = await rig.call('POST /exports', { json: { kind: 'orders', format: 'csv' } });
      expect(await rig.until(body.jobId, 'completed', 'dead', 'failed')).toMatchObject({
        status: 'completed',
        result: { rows: count },
      });
      const led = await fetch(`${rig.url}/jobs/${body.jobId}/result`, { redirect: 'manual' });
      const link = new URL(led.headers.get('location') ?? '', rig.url);
      expect(link.pathname).toMatch(/^\/files\//);
      const file = await fetch(link);
      expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="orders-.*\.csv"/);
      expect((await file.text()).split('\r\n')).toHaveLength(1 + count + 1);
      const rest = await fetch(link, { headers: { Range: 'bytes=0-6' } });
      expect([rest.status, await rest.text()]).toEqual([206, 'orderId']);
      await expect.poll(async () => (await fetch(link)).status, { timeout: 2 * linkLifetimeMs }).toBe(410);
    },
  );
});
