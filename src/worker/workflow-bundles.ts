import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflows } from './bundle-workflows.ts';
import { fingerprintOfWorkflows } from './workflow-sources.ts';

/**
 * The bundle of today's workflows with this way of writing failures, as `buildBundles` has left it in the folder; null where
 * there is none, or one of other workflows only.
 */
export async function findBundle(
  folder: string,
  failureConverterPath: string | undefined,
): Promise<WorkflowBundle | null> {
  try {
    const name = fileName(await fingerprintOfWorkflows(), failureConverterPath);
    return { code: await readFile(join(folder, name), 'utf8') };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Sees to it that the folder holds the bundles of today's workflows; old ones of others go. Gives how many had to be made. */
export async function buildBundles(
  folder: string,
  failureConverterPaths: readonly string[],
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const fingerprint = await fingerprintOfWorkflows();
  const there = await readdir(folder);
  let made = 0;
  for (const path of failureConverterPaths) {
    const name = fileName(fingerprint, path);
    if (there.includes(name)) continue;
    const { code } = await bundleWorkflows(path);
    await putWhole(join(folder, name), code);
    made += 1;
  }
  const others = there.filter((name) => name.endsWith(suffix) && !name.startsWith(fingerprint));
  for (const name of others) await removeIfOld(join(folder, name));
  return made;
}

/** A process of another release may still be started with one that is younger. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;

async function removeIfOld(file: string): Promise<void> {
  const { mtimeMs } = await stat(file);
  if (mtimeMs < Date.now() - keptMs) await rm(file, { force: true });
}

const suffix = '.workflows.js';

function fileName(fingerprint: string, failureConverterPath: string | undefined): string {
  const converter = failureConverterPath === undefined ? '' : `-${basename(failureConverterPath, '.ts')}`;
  return `${fingerprint}${converter}${suffix}`;
}

/** Whoever reads the file finds all of it or nothing. */
async function putWhole(file: string, code: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, code);
  await rename(unfinished, file);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
