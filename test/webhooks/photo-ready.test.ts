import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thumbnailsJob } from '../../src/activities/jobs/thumbnails/handler.ts';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { formWith } from '../api/pictures.ts';
import { plain } from '../images/samples.ts';
import { after, answers, inTurn, startReceiver, takes, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, traceParent, type WebhookRig } from './rig.ts';

/** An attempt of a job, a helper's start, a turn and the delivery, on a busy machine. */
const patient = { timeout: 30_000 };

let root: string;
let rig: WebhookRig;
let receiver: Receiver;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'order-saga-photos-'));
  rig = await startWebhookRig({ jobs: [thumbnailsJob], variables: { FILES_URL: pathToFileURL(root).href } });
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
  await rm(root, { recursive: true, force: true });
});

async function handIn(picture: Buffer): Promise<{ photoId: string; jobId: string }> {
  const form = formWith('photo', picture);
  const { status, body } = await rig.call('POST /photos', { form, headers: { traceparent: traceParent } });
  expect(status).toBe(202);
  return body;
}

test('a photo that is ready is told once to who asks for it, when all of its sizes are there', async () => {
  const url = `http://127.0.0.1:${receiver.port}`;
  const asked = await rig.endpoint(`${url}/photos`, 'photo.ready');
  await rig.endpoint(`${url}/orders`, 'order.*');
  const seen = Promise.withResolvers<void>();
  receiver.behave(inTurn(after(seen.promise, answers(500)), takes));
  const { photoId, jobId } = await handIn(await plain(400, 300).jpeg().toBuffer());
  await expect.poll(() => receiver.received.length, patient).toBe(1);
  const { body: photo } = await rig.call(`GET /photos/${photoId}`);
  expect(photo).toMatchObject({ status: 'ready', width: 400, height: 300 });
  expect(photo.sizes).toHaveLength(3);
  seen.resolve();
  const statuses = async () => (await rig.deliveries(asked.id)).map(({ status }) => status);
  await expect.poll(statuses, patient).toEqual(['delivered']);
  expect(receiver.ids()).toEqual([`photo_${photoId}_ready`, `photo_${photoId}_ready`]);
  for (const one of receiver.received) {
    expect(one.path).toBe('/photos');
    expect(whyNotDocumentedWebhook(JSON.parse(one.body))).toBeNull();
    expect(one.headers['traceparent']).toContain(traceParent.split('-')[1]);
    expect(verified(asked.secret, one)).toMatchObject({
      type: 'photo.ready',
      data: { photoId, jobId, width: 400, height: 300 },
    });
  }
});

test('a photo that is refused is told to nobody as ready', async () => {
  const before = receiver.received.length;
  const picture = await plain(400, 300).jpeg().toBuffer();
  const { photoId } = await handIn(picture.subarray(0, picture.length / 2));
  const read = async () => (await rig.call(`GET /photos/${photoId}`)).body;
  await expect.poll(async () => (await read()).status, patient).toBe('failed');
  expect(await read()).toMatchObject({ error: { type: 'ImageRefused' }, sizes: [], readyAt: null });
  const { rows } = await rig.pool.query('select 1 from webhook_deliveries where data ->> $1 = $2', [
    'photoId',
    photoId,
  ]);
  expect([rows.length, receiver.received.length]).toEqual([0, before]);
});
