import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { progress, type Say } from '../supervisor/progress.ts';
import { runCommand } from '../supervisor/run-command.ts';
import { cacheRoot } from './cache.ts';

const reachTimeoutMs = 3_000;
const downloadTimeoutMs = 120_000;
const downloadSite = 'https://temporal.download';

/** The official command line with its development server inside. */
export type Cli = { program: string; serverVersion: string };

/** The CLI that `TEMPORAL_CLI_PATH` names or that stands on the PATH. Throws when the named one does not run. */
export function findCli(env: NodeJS.ProcessEnv): Cli | undefined {
  const named = env['TEMPORAL_CLI_PATH'];
  if (named) {
    const version = versionOf(named);
    if (version === undefined)
      throw new Error(`TEMPORAL_CLI_PATH is ${named}, which is no Temporal CLI that runs here`);
    return { program: named, serverVersion: version };
  }
  const onPath = (env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'temporal'));
  return firstThatRuns(onPath);
}

/** The CLI that an earlier start downloaded, if any. */
export function findDownloaded(env: NodeJS.ProcessEnv): Cli | undefined {
  const directory = downloadDirectory(env);
  if (!existsSync(directory)) return undefined;
  return firstThatRuns(readdirSync(directory).map((name) => join(directory, name)));
}

/** Downloads the official CLI; undefined, within seconds, where its site can't be reached. */
export async function downloadCli(env: NodeJS.ProcessEnv, say: Say): Promise<Cli | undefined> {
  try {
    await fetch(downloadSite, { method: 'HEAD', signal: AbortSignal.timeout(reachTimeoutMs) });
    const directory = downloadDirectory(env);
    mkdirSync(directory, { recursive: true });
    await progress(say, 'downloading the Temporal CLI', () =>
      runCommand(process.execPath, [join(import.meta.dirname, 'download-cli.ts'), directory], {
        env,
        timeoutMs: downloadTimeoutMs,
      }),
    );
    return findDownloaded(env);
  } catch {
    return undefined;
  }
}

function downloadDirectory(env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), 'cli');
}

function firstThatRuns(programs: readonly string[]): Cli | undefined {
  for (const program of programs) {
    const serverVersion = existsSync(program) ? versionOf(program) : undefined;
    if (serverVersion !== undefined) return { program, serverVersion };
  }
  return undefined;
}

/** The server's version, from a line such as `temporal version 1.5.0 (Server 1.29.0, UI 2.41.0)`. */
function versionOf(program: string): string | undefined {
  try {
    const output = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /Server (\d+\.\d+\.\d+)/.exec(output)?.[1];
  } catch {
    return undefined;
  }
}
