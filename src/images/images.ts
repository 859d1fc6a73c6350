import { createHelpers } from '../offload/helpers.ts';
import type { ImageMethods } from './child.ts';
import type { PhotoToSize, SizedPhoto } from './make-sizes.ts';

/** How long one image may take: the largest takes a few seconds of a slow processor. */
const answerTimeoutMs = 60_000;
/** How long a process may take to start, on a machine that is busy with other things. */
const startTimeoutMs = 30_000;
/** How long a process that has nothing to do is kept. */
const idleMs = 30_000;
/** JavaScript has little to hold; pixels are elsewhere. */
const maxHeapMb = 96;

/** Makes thumbnails, in processes of their own: a file that breaks a decoder ends one of them, and nothing else. */
export interface Images {
  /** Throws an `ImageRefused` failure for what is no image, or too large a one. */
  makeSizes(photo: PhotoToSize, signal?: AbortSignal): Promise<SizedPhoto>;
  close(): Promise<void>;
}

/** `atMost`: images that are worked on at once. */
export function createImages(atMost: number): Images {
  const helpers = createHelpers<ImageMethods>({
    module: new URL('./child.ts', import.meta.url),
    atMost,
    maxHeapMb,
    startTimeoutMs,
    answerTimeoutMs,
    idleMs,
  });
  return {
    makeSizes: (photo, signal) => helpers.use((ask) => ask('makeSizes', photo), signal),
    close: () => helpers.close(),
  };
}
