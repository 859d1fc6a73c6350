import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from './binaries.ts';
import { runCommand } from '../supervisor/run-command.ts';
import { giveTo, reachableBy, serverOwner, type Owner } from './owner.ts';

export const superuser = 'order_saga';
const initTimeoutMs = 120_000;
/**
 * How a program of another user names a directory that we open for it: the way there from the root may be closed to that
 * user (below root's home directory it is), an open descriptor is not.
 */
export const inheritedDirectory = '/proc/self/fd/3';

/** A database cluster on disk, and how its server is run. */
export type Cluster = {
  dataDir: string;
  password: string;
  /** The `postgres` program, as its user can reach it. */
  program: string;
  major: number;
  embedded: boolean;
  owner: Owner | undefined;
};

/** Finds the cluster below a directory, or makes one there. */
export async function openCluster(directory: string, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const dataDir = join(directory, 'data');
  const versionFile = join(dataDir, 'PG_VERSION');
  const made = existsSync(versionFile);
  const binaries = findBinaries(env, made ? Number(readFileSync(versionFile, 'utf8')) : undefined);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = serverOwner(made ? dataDir : directory);
  const bin = reachableBy(owner, binaries.directory);
  if (!made) await initialize(directory, bin, owner, env);
  if (owner !== undefined) giveTo(owner, directory);
  return {
    dataDir,
    password: readFileSync(join(directory, 'password'), 'utf8').trim(),
    program: join(bin, 'postgres'),
    major: binaries.major,
    embedded: binaries.embedded,
    owner,
  };
}

async function initialize(
  directory: string,
  bin: string,
  owner: Owner | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const unfinished = join(directory, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(join(directory, 'password'), `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 });
  if (owner !== undefined) giveTo(owner, directory);
  const descriptor = openSync(directory, 'r');
  const here = owner === undefined ? directory : inheritedDirectory;
  const options = [
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--username=${superuser}`,
    '--no-sync',
  ];
  const places = [`--pgdata=${join(here, 'unfinished')}`, `--pwfile=${join(here, 'password')}`];
  await runCommand(join(bin, 'initdb'), [...options, ...places], {
    env,
    cwd: '/',
    timeoutMs: initTimeoutMs,
    descriptor,
    ...(owner === undefined ? {} : { user: owner }),
  });
  closeSync(descriptor);
  renameSync(unfinished, join(directory, 'data'));
}
