import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expectObject, giveUpObjects } from '../../db/loose-objects.ts';
import { newId } from '../../domain/new-id.ts';
import { photoMediaTypeOf, signatureBytes } from '../../domain/photo.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from '../problems/errors.ts';
import { fromStore } from '../problems/from-store.ts';
import type { UploadedFile } from './upload-spec.ts';

type Parts = Pick<ApiContext, 'pool' | 'files' | 'logger'>;

/**
 * Puts an image into the object store as it comes in, and no more of it than may be. Throws a `payload-too-large` or
 * `not-an-image` problem, with nothing stored.
 */
export async function storeImage(
  { pool, files }: Parts,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<UploadedFile> {
  const key = `uploads/${newId()}`;
  await expectObject(pool, key);
  const seen = { bytes: 0, mediaType: '', hash: createHash('sha256') };
  const body = Readable.from(checked(content, maxBytes, seen), { objectMode: false });
  const options = { mediaType: 'application/octet-stream', ...(signal && { signal }) };
  await fromStore(files.put(key, body, options));
  const { bytes, mediaType, hash } = seen;
  return { key, bytes, mediaType, sha256: hash.digest('hex') };
}

/** Has a file removed that nothing keeps; harmless where a commit has kept it although its answer was lost. */
export async function discard({ pool, logger }: Parts, file: UploadedFile | null): Promise<void> {
  if (file === null) return;
  await giveUpObjects(pool, [file.key]).catch((error: unknown) =>
    // It is loose all the same, and removed a day later.
    logger.debug({ err: error }, 'a file that nothing keeps was not given up at once'),
  );
}

async function* checked(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  seen: { bytes: number; mediaType: string; hash: ReturnType<typeof createHash> },
): AsyncGenerator<Uint8Array> {
  let start = Buffer.alloc(0);
  let isImage = true;
  for await (const chunk of content) {
    seen.bytes += chunk.length;
    if (seen.bytes > maxBytes) throw new Problem('payload-too-large', `The limit is ${maxBytes} bytes.`);
    seen.hash.update(chunk);
    if (seen.mediaType !== '') {
      yield chunk;
      continue;
    }
    // The rest of what is none is read all the same: what else is wrong with the request stands behind it.
    if (!isImage) continue;
    start = Buffer.concat([start, chunk]);
    if (start.length < signatureBytes) continue;
    seen.mediaType = photoMediaTypeOf(start) ?? '';
    isImage = seen.mediaType !== '';
    if (isImage) yield start;
  }
  if (seen.mediaType === '') throw new Problem('not-an-image');
}
