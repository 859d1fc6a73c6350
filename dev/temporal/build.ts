import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../supervisor/lock.ts';
import { progress, type Say } from '../supervisor/progress.ts';
import { runCommand } from '../supervisor/run-command.ts';
import { cacheRoot } from './cache.ts';
import { serverVersion, uiVersion } from './versions.ts';

const buildTimeoutMs = 20 * 60_000;
const lockPollMs = 500;

/** The programs of a server that was built from source. */
export type BuiltServer = { server: string; sqlTool: string; ui: string };

/** The server that an earlier start built, if any. */
export function findBuilt(env: NodeJS.ProcessEnv): BuiltServer | undefined {
  const programs = programsIn(directoryFor(env));
  return Object.values(programs).every((file) => existsSync(file)) ? programs : undefined;
}

export function hasGo(env: NodeJS.ProcessEnv): boolean {
  return spawnSync('go', ['version'], { env, stdio: 'ignore' }).status === 0;
}

/** Builds server, schema tool and Web UI with the Go toolchain; of several starters at once, one builds. */
export async function build(env: NodeJS.ProcessEnv, say: Say): Promise<BuiltServer> {
  const directory = directoryFor(env);
  mkdirSync(cacheRoot(env), { recursive: true });
  const unlock = await waitForLock(`${directory}.lock`, say);
  try {
    const built = findBuilt(env);
    if (built !== undefined) return built;
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const modules = ['cmd/server', 'cmd/tools/sql'].map(
      (path) => `go.temporal.io/server/${path}@v${serverVersion}`,
    );
    const server = `Temporal server ${serverVersion}`;
    await progress(say, `building the ${server} with Go (some minutes, only this once)`, (setDetail) =>
      goInstall(join(unfinished, 'server'), modules, env, setDetail),
    );
    const ui = [`github.com/temporalio/ui-server/v2/cmd/server@v${uiVersion}`];
    await progress(say, `building the Temporal Web UI ${uiVersion}`, (setDetail) =>
      goInstall(join(unfinished, 'ui'), ui, env, setDetail),
    );
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
    return programsIn(directory);
  } finally {
    unlock();
  }
}

function directoryFor(env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), `server-${serverVersion}-ui-${uiVersion}`);
}

function programsIn(directory: string): BuiltServer {
  return {
    server: join(directory, 'server', 'server'),
    sqlTool: join(directory, 'server', 'sql'),
    ui: join(directory, 'ui', 'server'),
  };
}

async function waitForLock(file: string, say: Say): Promise<() => void> {
  return progress(say, 'waiting for another start that builds the Temporal server', async () => {
    for (;;) {
      const unlock = takeLock(file);
      if (unlock !== undefined) return unlock;
      await sleep(lockPollMs);
    }
  });
}

async function goInstall(
  target: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
  setDetail: (detail: string) => void,
): Promise<void> {
  let named = 0;
  // With -v, Go names each package that it compiles.
  await runCommand('go', ['install', '-v', '-trimpath', '-ldflags=-s -w', ...packages], {
    env: { ...env, GOBIN: target, GOFLAGS: '', CGO_ENABLED: '0' },
    timeoutMs: buildTimeoutMs,
    onText: (text) => {
      named += text.split('\n').length - 1;
      setDetail(`${named} packages`);
    },
  });
}
