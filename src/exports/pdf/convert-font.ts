import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Conversion } from './font-thread.ts';

/** How long the thread is kept that has nothing to convert, in milliseconds. */
const idleMs = 500;

let last: Promise<unknown> = Promise.resolve();
let thread: Worker | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * Makes a TrueType font of one weight from a file, with the characters that are asked for. A thread does that, and ends soon: what
 * HarfBuzz and the decoder of WOFF2 take, tens of megabytes, they never give back, and a document of a million rows is written for
 * minutes after it has all its fonts.
 */
export async function convertFont(conversion: Conversion): Promise<Uint8Array> {
  const mine = last.then(() => convert(conversion));
  last = mine.catch(() => undefined);
  return mine;
}

async function convert(conversion: Conversion): Promise<Uint8Array> {
  clearTimeout(timer);
  const worker = (thread ??= startThread());
  const over = new AbortController();
  worker.ref();
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
    worker.postMessage(conversion);
    return await Promise.race([answerOf(worker, over.signal), endOf(worker, over.signal)]);
  } catch (error) {
    endThread();
    throw error;
  } finally {
    over.abort();
    // Between two fonts it keeps nobody from ending.
    worker.unref();
    timer = setTimeout(endThread, idleMs).unref();
  }
}

/** Throws what the thread has died of. */
async function answerOf(worker: Worker, signal: AbortSignal): Promise<Uint8Array> {
  // What the thread answers is said by font-thread.ts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const [font] = (await once(worker, 'message', { signal })) as [Uint8Array];
  return font;
}

async function endOf(worker: Worker, signal: AbortSignal): Promise<never> {
  await once(worker, 'exit', { signal });
  throw new Error('the thread that converts fonts has ended');
}

function startThread(): Worker {
  return new Worker(new URL('./font-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  });
}

function endThread(): void {
  void thread?.terminate();
  thread = undefined;
}
