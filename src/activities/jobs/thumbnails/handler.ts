import { buffer } from 'node:stream/consumers';
import { dropObjects, expectObject, keepObjects } from '../../../db/loose-objects.ts';
import { findOriginal, storeSizes, type StoredSize } from '../../../db/photos.ts';
import { refused } from '../../../domain/failures.ts';
import { newId } from '../../../domain/new-id.ts';
import { photoMediaType } from '../../../domain/photo.ts';
import type { SizedPhoto } from '../../../images/make-sizes.ts';
import { registerJob, type JobContext } from '../job-handler.ts';
import { thumbnails } from './type.ts';

/** Makes a photo's sizes and, in the commit that ends the job, makes it ready with all of them. */
export const thumbnailsJob = registerJob(thumbnails, async (run, ctx) => {
  const { photoId } = run.input;
  const { watermark, ...kept } = (await findOriginal(ctx.pool, photoId)) ?? gone();
  const original = await load(ctx, kept, run.signal);
  run.progress(10, 'loaded');
  const { width, height, sizes } = await ctx.images.makeSizes({ original, watermark }, run.signal);
  run.progress(70, 'made');
  const stored = await Promise.all(sizes.map((made) => store(ctx, photoId, made, run.signal)));
  return {
    result: { photoId, width, height, sizes: stored.map(({ size, bytes }) => ({ size, bytes })) },
    commit: async (tx) => {
      await keepObjects(
        tx,
        stored.map((one) => one.key),
      );
      await dropObjects(tx, await storeSizes(tx, { photoId, width, height, sizes: stored }));
    },
  };
});

function gone(): never {
  throw refused('InvalidJobInput', 'There is no such photo.');
}

/** What a commit has kept is to be there whole: that it is not says something of the store, and nothing of the photo. */
async function load(
  { objects }: JobContext,
  { key, bytes }: { readonly key: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<Buffer> {
  const stored = await objects.get(key, { signal });
  if (!stored) throw new Error('the original of this photo is not in the store');
  const original = await buffer(stored);
  if (original.length !== bytes)
    throw new Error(`the original of this photo has ${original.length} bytes in the store and had ${bytes}`);
  return original;
}

async function store(
  { pool, objects }: JobContext,
  photoId: string,
  { size, bytes }: SizedPhoto['sizes'][number],
  signal: AbortSignal,
): Promise<StoredSize> {
  const key = `photos/${photoId}/${newId()}-${size}.webp`;
  await expectObject(pool, key);
  await objects.put(key, bytes, { mediaType: photoMediaType, signal });
  return { size, key, bytes: bytes.length };
}
