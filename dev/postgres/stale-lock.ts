import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../supervisor/end-process.ts';
import { identify } from '../supervisor/process-identity.ts';

const fastShutdown = { signal: 'SIGINT', timeoutMs: 15_000 } as const;

/**
 * Clears what a killed server left in its data directory, which the caller has locked: a server that still runs there is
 * ended; a lock file whose process id belongs to somebody else by now, which Postgres would respect, is removed.
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === undefined) return;
  const identity = identify(pid);
  if (identity !== undefined && runsIn(pid, dataDir)) await endProcess(identity, fastShutdown);
  rmSync(file, { force: true });
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Whether the process is a server on this directory; where the system does not say, it is taken for one by name. */
function runsIn(pid: number, dataDir: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch {
    return process.platform !== 'linux';
  }
}
