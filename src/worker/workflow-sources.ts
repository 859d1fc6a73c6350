import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import sdk from '@temporalio/worker/package.json' with { type: 'json' };

const src = fileURLToPath(new URL('..', import.meta.url));

/** What workflows are made of: nothing else may be imported by them. */
export const workflowFolders = ['workflows', 'domain'] as const;

/** Tells whether workflows are the same: other code of theirs, or another SDK, gives another one. */
export async function fingerprintOfWorkflows(root: string = src): Promise<string> {
  const files = (await Promise.all(workflowFolders.map((folder) => filesIn(join(root, folder))))).flat();
  const hash = createHash('sha256').update(sdk.version);
  for (const file of files.toSorted()) {
    hash.update(`\0${relative(root, file)}\0`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 24);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
