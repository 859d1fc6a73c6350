import { thumbnails } from '../../activities/jobs/thumbnails/type.ts';
import { enqueueJob } from '../../db/jobs/enqueue.ts';
import { keepObjects } from '../../db/loose-objects.ts';
import { insertPhoto } from '../../db/photos.ts';
import type { Tx } from '../../db/pool.ts';
import type { UploadedFile } from './upload-spec.ts';

/** Keeps an uploaded image as a photo, with the job that makes its sizes, in the caller's transaction. Gives the job's id. */
export async function enqueuePhoto(
  tx: Tx,
  photo: { readonly id: string; readonly file: UploadedFile; readonly watermark: string | null },
  asked: { readonly requestedBy: string; readonly traceParent: string; readonly apiKeyId?: string },
): Promise<string> {
  const { id, file, watermark } = photo;
  const { jobId } = await enqueueJob(tx, thumbnails, { input: { photoId: id }, ...asked });
  await insertPhoto(tx, {
    id,
    jobId,
    originalKey: file.key,
    mediaType: file.mediaType,
    bytes: file.bytes,
    watermark,
    requestedBy: asked.requestedBy,
    traceParent: asked.traceParent,
  });
  await keepObjects(tx, [file.key]);
  return jobId;
}
