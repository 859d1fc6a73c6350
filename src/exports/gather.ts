import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Bytes that a library writes into a stream, to be taken away now and then. */
export interface Gathered {
  /** All that has come since the last time. */
  take(): Uint8Array;
  /** The same once the stream has ended. */
  takeLast(): Promise<Uint8Array>;
}

export function gather(stream: Readable): Gathered {
  let chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = finished(stream, { writable: false });
  // Who takes the last bytes is told.
  ended.catch(() => undefined);
  const take = () => {
    const bytes = Buffer.concat(chunks);
    chunks = [];
    return bytes;
  };
  return {
    take,
    async takeLast() {
      await ended;
      return take();
    },
  };
}

/** For a library that asks for a stream to write into. */
export function gatherInto(): { readonly stream: PassThrough; readonly gathered: Gathered } {
  const stream = new PassThrough();
  return { stream, gathered: gather(stream) };
}
