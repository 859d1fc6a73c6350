import { rename, rm, truncate } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanup } from '../../src/activities/jobs/cleanup/type.ts';
import { dropObjects } from '../../src/db/loose-objects.ts';
import { pathInFolder } from '../../src/storage/folder.ts';
import { formWith } from '../api/pictures.ts';
import { plain } from '../images/samples.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

const timeoutMs = 120_000;
const soon = { timeout: 60_000, interval: 20 };

let rig: FilesRig;
beforeAll(async () => {
  rig = await startFilesRig();
}, timeoutMs);
afterAll(() => rig.close());

interface Photo {
  readonly photoId: string;
  readonly jobId: string;
  /** Where its original is. */
  readonly path: string;
}

/** Hands a photo in whose sizes are not made yet, has something happen, and lets them be made. */
async function handIn(meanwhile: (photo: Photo) => Promise<unknown>): Promise<Photo> {
  expect((await rig.call('POST /job-types/thumbnails/pause', { json: { reason: 'test' } })).status).toBe(200);
  const form = formWith('photo', await plain(60, 40).png().toBuffer());
  const { status, body } = await rig.call('POST /photos', { form });
  expect(status).toBe(202);
  const { rows } = await rig.pool.query('select original_key as key from photos where id = $1', [
    body.photoId,
  ]);
  const photo = { ...body, path: pathInFolder(rig.root, rows[0].key) };
  await meanwhile(photo);
  expect((await rig.call('POST /job-types/thumbnails/resume')).status).toBe(200);
  return photo;
}

async function errorsOf(jobId: string): Promise<{ type: string; detail: string }[]> {
  const { rows } = await rig.pool.query(
    'select error_type as type, error_detail as detail from job_attempts where job_id = $1 order by attempt',
    [jobId],
  );
  return rows;
}

const putAway = () => rename(rig.root, `${rig.root}.away`);
const bringBack = () => rename(`${rig.root}.away`, rig.root);

test('a photo whose folder is away for a while is made once it is back', { timeout: timeoutMs }, async () => {
  const { jobId } = await handIn(putAway);
  await expect.poll(() => errorsOf(jobId), soon).toMatchObject([{ type: 'ProviderUnavailable' }]);
  await bringBack();
  expect((await rig.until(jobId, 'completed', 'failed', 'dead')).status).toBe('completed');
});

test.each([
  ['is not in the store', (path: string) => rm(path), /is not in the store/],
  ['has lost its end', (path: string) => truncate(path, 20), /has 20 bytes in the store and had \d+/],
])(
  'a photo whose original %s is tried again rather than refused',
  { timeout: timeoutMs },
  async (_what, harm, detail) => {
    const { photoId, jobId } = await handIn(({ path }) => harm(path));
    await expect
      .poll(() => errorsOf(jobId), soon)
      .toMatchObject([{ type: 'Error', detail: expect.stringMatching(detail) }]);
    expect((await rig.call(`GET /photos/${photoId}`)).body.status).toBe('processing');
  },
);

test(
  'a clean-up that meets no store forgets no file, and removes them later',
  { timeout: timeoutMs },
  async () => {
    const { files } = rig.context;
    await files.put('tests/lost', Buffer.from('x'), { mediaType: 'text/plain' });
    await dropObjects(rig.pool, ['tests/lost']);
    await putAway();
    const jobId = await rig.enqueue(cleanup, { input: cleanup.input.parse({}) });
    await expect.poll(() => errorsOf(jobId), soon).toMatchObject([{ type: 'ProviderUnavailable' }]);
    const { rows } = await rig.pool.query('select key from loose_objects');
    expect(rows).toContainEqual({ key: 'tests/lost' });
    await bringBack();
    expect((await rig.until(jobId, 'completed', 'failed', 'dead')).status).toBe('completed');
    expect(await files.get('tests/lost')).toBeNull();
  },
);
