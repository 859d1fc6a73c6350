/** What a thread runs to convert fonts, one after the other. */
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import subsetFont from 'subset-font';

export interface Conversion {
  /** WOFF2 with all weights. */
  readonly file: string;
  /** The characters that the font is to have. */
  readonly characters: string;
  /** 100 to 900. */
  readonly weight: number;
}

parentPort?.on('message', async ({ file, characters, weight }: Conversion) => {
  const font = await subsetFont(await readFile(file), characters, {
    targetFormat: 'truetype',
    variationAxes: { wght: weight },
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort?.postMessage(new Uint8Array(font));
});
