import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOfFolder, isMissing } from './folder-failures.ts';

/** Stands in the folder beside what is kept there. */
export const markName = 'order-saga-files.txt';

const words = `order-saga keeps its files in this folder. Leave this one where it is: a folder without it is taken for one that
is away, such as a disk that is not mounted, and nothing is read from it or written to it.
`;

/** Throws a `ProviderUnavailable` failure while the folder is away, and a `Misconfigured` one where it cannot be used. */
export type AssertThere = () => Promise<void>;

/**
 * Makes the folder with what is in it, and the mark by which it is known. That is done once, as the process begins: a folder
 * that is not there later on is away, and whatever was put under its name would be hidden when it comes back.
 */
export function markFolder(root: string, parts: readonly string[]): AssertThere {
  let marked = makeAndMark(root, parts);
  // Told by what is then asked of the folder.
  marked.catch(() => undefined);
  return async () => {
    try {
      await (marked = marked.catch(() => makeAndMark(root, parts)));
      await access(join(root, markName));
    } catch (error) {
      throw failureOfFolder(error);
    }
  };
}

async function makeAndMark(root: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) await mkdir(join(root, part), { recursive: true });
  try {
    await access(join(root, markName));
  } catch (error) {
    if (!isMissing(error)) throw error;
    await writeFile(join(root, markName), words, { flush: true });
  }
}
