import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileStore } from './file-store.ts';
import { failureOfFolder, isMissing } from './folder-failures.ts';
import { markFolder } from './folder-mark.ts';
import { assertKey } from './key.ts';
import { linkTo, type LinkConfig } from './signed-link.ts';

export interface FolderConfig extends LinkConfig {
  /** Where the files are; made where it is not there as the process begins. All processes have to see the same folder. */
  readonly root: string;
}

/** Files in a folder: under `files` those that are whole, under `unfinished` those that are being written. */
export function createFolderStore({ root, ...links }: FolderConfig): FileStore {
  const unfinished = join(root, 'unfinished');
  const assertThere = markFolder(root, ['files', 'unfinished']);

  return {
    async put(key, body, { signal }) {
      const target = pathInFolder(root, key);
      const temporary = join(unfinished, randomUUID());
      try {
        await assertThere();
        await pipeline(toStream(body), createWriteStream(temporary, { flags: 'wx', flush: true }), {
          ...(signal && { signal }),
        });
        const { size } = await stat(temporary);
        await mkdir(dirname(target), { recursive: true });
        await rename(temporary, target);
        await flushFolder(dirname(target));
        return { bytes: size };
      } catch (error) {
        if (body instanceof Readable) body.destroy();
        await rm(temporary, { force: true }).catch(() => undefined);
        throw signal?.aborted ? signal.reason : failureOfFolder(error);
      }
    },

    async get(key, { signal } = {}) {
      signal?.throwIfAborted();
      try {
        const file = await open(pathInFolder(root, key));
        return file.createReadStream({ signal });
      } catch (error) {
        if (!isMissing(error)) throw failureOfFolder(error);
        await assertThere();
        return null;
      }
    },

    async remove(key) {
      try {
        await rm(pathInFolder(root, key));
      } catch (error) {
        if (!isMissing(error)) throw failureOfFolder(error);
        await assertThere();
      }
    },

    link: async (file, expiresAt) => linkTo(file, expiresAt, links),

    async locate({ key }) {
      await assertThere();
      return { path: pathInFolder(root, key) };
    },

    async removeUnfinished(begunBefore) {
      await assertThere();
      const names = await readdir(unfinished).catch((error: unknown) => {
        throw failureOfFolder(error);
      });
      const removed = await Promise.all(
        names.map((name) => removeIfOlder(join(unfinished, name), begunBefore)),
      );
      return removed.filter(Boolean).length;
    },

    close: () => undefined,
  };
}

/** Where the file of a key is. */
export function pathInFolder(root: string, key: string): string {
  assertKey(key);
  return join(root, 'files', ...key.split('/'));
}

function toStream(body: Readable | Uint8Array): Readable {
  return body instanceof Readable ? body : Readable.from([body]);
}

/** The new name is on the disk before anybody is told of it. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeIfOlder(path: string, than: Date): Promise<boolean> {
  try {
    if ((await stat(path)).mtime >= than) return false;
    await rm(path);
    return true;
  } catch {
    // Finished or removed meanwhile.
    return false;
  }
}
