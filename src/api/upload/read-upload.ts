import type { Readable } from 'node:stream';
import { MIMEType } from 'node:util';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import type { ApiContext } from '../api-context.ts';
import { Problem, type InputError } from '../problems/errors.ts';
import { pointerTo } from '../problems/pointer.ts';
import { notAnImage } from './not-an-image.ts';
import { discard, storeImage } from './store-image.ts';
import type { UploadedFile, UploadSpec } from './upload-spec.ts';

/** What came in a `multipart/form-data` body. */
export interface Upload {
  /** The parts that are no files, by their names. */
  readonly fields: Readonly<Record<string, string>>;
  readonly file: UploadedFile | null;
  readonly errors: readonly InputError[];
  /** Whether one of them is that the file is none that is taken. */
  readonly isNoImage: boolean;
}

/** Of the parts together. */
const limits = { files: 2, fields: 20, parts: 22, fieldSize: 4_096, fieldNameSize: 100, headerPairs: 20 };

const givenTwice = 'is given more than once';

/** What a body may have around its file. */
const aroundFileBytes = 64 * 1024;

export function isMultipart(contentType: string | undefined): boolean {
  try {
    return new MIMEType(contentType ?? '').essence === 'multipart/form-data';
  } catch {
    return false;
  }
}

/**
 * Reads a body, its file straight into the object store. Throws `malformed-multipart` and `payload-too-large` problems, and the
 * failures of the store; what is left of the body is then read and thrown away.
 */
export async function readUpload(request: Request, spec: UploadSpec, context: ApiContext): Promise<Upload> {
  if (Number(request.headers['content-length'] ?? 0) > spec.maxBytes + aroundFileBytes)
    throw new Problem('payload-too-large', `The limit is ${spec.maxBytes} bytes.`);
  const parser = createParser(request);
  const fields = new Map<string, string>();
  const errors: InputError[] = [];
  const stored: Promise<UploadedFile | null>[] = [];
  let isChosen = false;
  let isNoImage = false;
  const stop = new AbortController();
  const { promise: read, resolve, reject } = Promise.withResolvers<void>();
  const breakOff = (cause?: unknown) => reject(new Problem('malformed-multipart', undefined, { cause }));

  const hasName = (name: string | undefined) => {
    if (name === undefined) reject(new Problem('malformed-multipart', 'A part of the body has no name.'));
    return name !== undefined;
  };

  parser.on('field', (name, value, nameIsCut, valueIsCut) => {
    if (!hasName(name)) return;
    const pointer = pointerTo([name]);
    if (nameIsCut || valueIsCut) errors.push({ pointer, detail: 'is too long' });
    else if (fields.has(name)) errors.push({ pointer, detail: givenTwice });
    fields.set(name, value);
  });
  const store = async (content: Readable, fileName: string): Promise<UploadedFile | null> => {
    const chosen = fileName === '' ? await unlessEmpty(content) : content;
    if (chosen === null) return null;
    if (!isChosen) {
      isChosen = true;
      return storeImage(context, chosen, spec.maxBytes, stop.signal).catch((error: unknown) => {
        if (!(error instanceof Problem && error.problem === 'not-an-image')) throw error;
        isNoImage = true;
        errors.push(notAnImage(spec.part));
        return null;
      });
    }
    errors.push({ pointer: pointerTo([spec.part]), detail: givenTwice });
    for await (const _ of chosen);
    return null;
  };
  parser.on('file', (name, content, fileName) => {
    // A body that breaks off within a file tells it to that file, whether anybody reads it yet or not. A file that is
    // destroyed was given up by us.
    content.on('error', (error) => content.destroyed || breakOff(error));
    if (!hasName(name)) return;
    if (name !== spec.part) {
      errors.push({ pointer: pointerTo([name]), detail: 'is not a known file' });
      content.resume();
      return;
    }
    // Whoever reads it would wait for ever for a client that has gone away.
    stop.signal.addEventListener('abort', () => content.destroy(), { once: true });
    const storing = store(content, fileName);
    storing.catch(reject);
    stored.push(storing);
  });
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
    parser.on(limit, () => reject(new Problem('malformed-multipart', 'The body has too many parts.')));
  parser.once('finish', resolve);
  parser.on('error', breakOff);
  const leave = () => {
    if (!request.complete) breakOff(new Error('the client has gone away'));
  };
  if (request.closed) leave();
  else request.once('close', leave);

  request.pipe(parser);
  try {
    await read;
    const file = (await Promise.all(stored)).find((one) => one !== null) ?? null;
    if (!isChosen && spec.required) errors.push({ pointer: pointerTo([spec.part]), detail: 'is missing' });
    // What a field says beside the file would be dropped without a word.
    if (isChosen && fields.delete(spec.part))
      errors.push({ pointer: pointerTo([spec.part]), detail: givenTwice });
    return { fields: Object.fromEntries(fields), file, errors, isNoImage };
  } catch (error) {
    stop.abort(error);
    for (const one of await Promise.allSettled(stored))
      if (one.status === 'fulfilled') await discard(context, one.value);
    throw error;
  } finally {
    request.unpipe(parser);
    request.resume();
  }
}

/** What is in a part without a file's name; null where nothing is, as browsers send it where no file was chosen. */
async function unlessEmpty(content: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | null> {
  const chunks = content[Symbol.asyncIterator]();
  const first = await chunks.next();
  return first.done ? null : beginningWith(first.value, chunks);
}

async function* beginningWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>) {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function createParser(request: Request): BusboyInstance {
  try {
    // There is a content type: it has been looked at.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return new Busboy({ headers: request.headers as BusboyHeaders, limits });
  } catch {
    throw new Problem('malformed-multipart');
  }
}
