import { pipeline, Readable, Transform } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
  type MultipartUpload,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachment } from './disposition.ts';
import { locatedForMs, type FileStore } from './file-store.ts';
import { assertKey } from './key.ts';
import { failureOfS3, isNoSuchKey } from './s3-failures.ts';
import { linkTo, type LinkConfig } from './signed-link.ts';

export interface S3Config extends LinkConfig {
  readonly bucket: string;
  /** In front of every key: `order-saga/`; or empty. */
  readonly prefix: string;
  /** Absent: Amazon's own. */
  readonly endpoint: string | undefined;
  /**
   * How long a request may go on without a byte in either direction, in milliseconds. Bytes count as gone once the kernel has
   * them: its buffers may hold half a part, which then has that long to go out.
   */
  readonly timeoutMs: number;
  /** What is longer goes up in parts of this size; 8 MiB where nothing is said. */
  readonly partBytes?: number;
}

const usualPartBytes = 8 * 1024 * 1024;
/** So many parts of a file are held at once: with their size it bounds the memory. */
const partsAtOnce = 2;

/**
 * Files in a bucket of S3, or of what speaks its protocol. Credentials and region are found as all of Amazon's tools find
 * them: in the environment, in a profile, from the machine's role.
 */
export function createS3Store({
  bucket,
  prefix,
  endpoint,
  timeoutMs,
  partBytes = usualPartBytes,
  ...links
}: S3Config): FileStore {
  const client = connect(endpoint, { connectionTimeout: timeoutMs, socketTimeout: timeoutMs });
  // A download stands still where its reader does, so that its socket tells nothing: until it begins, time counts from the
  // request on, and from then on while its reader waits.
  const downloads = connect(endpoint, {
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  });
  const at = (key: string) => {
    assertKey(key);
    return { Bucket: bucket, Key: `${prefix}${key}` };
  };

  return {
    async put(key, body, { mediaType, signal }) {
      let bytes = 0;
      const counted = body instanceof Readable ? countingInto((length) => (bytes += length), body) : body;
      if (!(body instanceof Readable)) bytes = body.length;
      const upload = new Upload({
        client,
        params: { ...at(key), Body: counted, ContentType: mediaType },
        partSize: partBytes,
        queueSize: partsAtOnce,
        leavePartsOnError: false,
      });
      const abort = () => void upload.abort();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        signal?.throwIfAborted();
        await upload.done();
        return { bytes };
      } catch (error) {
        throw signal?.aborted ? signal.reason : failureOfS3(error);
      } finally {
        signal?.removeEventListener('abort', abort);
        if (body instanceof Readable) body.destroy();
      }
    },

    async get(key, { signal } = {}) {
      try {
        signal?.throwIfAborted();
        const { Body: body } = await downloads.send(new GetObjectCommand(at(key)), {
          ...(signal && { abortSignal: signal }),
        });
        return body instanceof Readable ? inTime(body, timeoutMs, signal) : null;
      } catch (error) {
        if (isNoSuchKey(error)) return null;
        throw signal?.aborted ? signal.reason : failureOfS3(error);
      }
    },

    async remove(key) {
      try {
        await client.send(new DeleteObjectCommand(at(key)));
      } catch (error) {
        // Amazon's own says nothing of it; others do.
        if (!isNoSuchKey(error)) throw failureOfS3(error);
      }
    },

    link: async (file, expiresAt) => linkTo(file, expiresAt, links),

    async locate({ key, name, mediaType }) {
      const command = new GetObjectCommand({
        ...at(key),
        ResponseContentDisposition: attachment(name),
        ResponseContentType: mediaType,
      });
      return { url: await asked(getSignedUrl(client, command, { expiresIn: locatedForMs / 1_000 })) };
    },

    async removeUnfinished(begunBefore) {
      const begun = await uploadsBegun(client, bucket, prefix);
      const left = begun.filter(({ Initiated }) => Initiated !== undefined && Initiated < begunBefore);
      for (const { Key, UploadId } of left)
        await asked(client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
      return left.length;
    },

    close: () => {
      client.destroy();
      downloads.destroy();
    },
  };
}

function connect(
  endpoint: string | undefined,
  requestHandler: NonNullable<S3ClientConfig['requestHandler']>,
): S3Client {
  return new S3Client({
    // Other servers rarely have a name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    // Whether something is tried again is for the caller to say.
    maxAttempts: 1,
    requestHandler,
    // Checksums that S3 does not ask for are unknown to some of the servers that speak its protocol.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** A body that breaks off once its reader has waited that long for a byte of it. */
function inTime(body: Readable, timeoutMs: number, signal: AbortSignal | undefined): Readable {
  const timer = setTimeout(() => {
    // It stands still because nobody reads it.
    if (file.writableNeedDrain) timer.refresh();
    else body.destroy(Object.assign(new Error('no byte came in time'), { name: 'TimeoutError' }));
  }, timeoutMs);
  const file = new Transform({
    transform(chunk, _encoding, done) {
      timer.refresh();
      done(null, chunk);
    },
  });
  file.on('drain', () => timer.refresh());
  body.once('error', (error) => file.destroy(signal?.aborted ? signal.reason : failureOfS3(error)));
  pipeline(body, file, () => clearTimeout(timer));
  return file;
}

async function asked<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw failureOfS3(error);
  }
}

function countingInto(count: (length: number) => void, body: Readable): Readable {
  return Readable.from(
    (async function* () {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        count(chunk.length);
        yield chunk;
      }
    })(),
    { objectMode: false },
  );
}

/** The uploads in parts that have neither been completed nor given up. */
async function uploadsBegun(client: S3Client, bucket: string, prefix: string): Promise<MultipartUpload[]> {
  const all: MultipartUpload[] = [];
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from });
    const page = await asked(client.send(command));
    all.push(...(page.Uploads ?? []));
    if (!page.IsTruncated) return all;
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}
