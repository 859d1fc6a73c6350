import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { startJobRig, type JobRig, type JobRigOptions } from '../jobs/rig.ts';
import { spawnNode, type Spawned } from '../worker/spawned.ts';

/** The service as far as jobs and files go, with a folder of its own. */
export interface FilesRig extends JobRig {
  /** The folder; nothing is there where the variables name a bucket. */
  readonly root: string;
  /** The keys of all files that are whole. */
  keys(): Promise<string[]>;
  /** A worker as it is shipped, in a process of its own, to be killed. */
  spawnWorker(variables?: Readonly<Record<string, string>>): Spawned;
}

/** What is done at a lower priority than all else takes its time on a busy machine. */
const heavyPatienceMs = 120_000;

export async function startFilesRig(options: JobRigOptions = {}): Promise<FilesRig> {
  const root = await mkdtemp(join(tmpdir(), 'order-saga-files-'));
  const rig = await startJobRig(registeredJobs, {
    patienceMs: heavyPatienceMs,
    ...options,
    variables: { FILES_URL: pathToFileURL(root).href, ...options.variables },
  });
  return {
    ...rig,
    root,
    async keys() {
      const entries = await readdir(join(root, 'files'), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'files').length + 1));
    },
    spawnWorker: (variables = {}) => spawnNode('src/worker/main.ts', { ...rig.variables, ...variables }),
    async close() {
      await rig.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
