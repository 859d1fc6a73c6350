import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../dev/supervisor/run-command.ts';

const installTimeoutMs = 10 * 60_000;

/**
 * The path of a program written in Python, in an environment of its own that is kept for this user and made anew when the
 * file of requirements changes. Null where there is no Python 3.10 or newer to make it with.
 */
export async function pythonProgram(
  name: string,
  requirements: string,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const pinned = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'order-saga');
  const kept = join(cache, `${name}-${pinned}`);
  const program = join(kept, 'bin', name);
  if (existsSync(program)) return program;
  const python = ['python3', 'python'].find(isNewEnough);
  if (python === undefined) return null;
  const options = { env, timeoutMs: installTimeoutMs };
  mkdirSync(cache, { recursive: true });
  rmSync(kept, { recursive: true, force: true });
  // Its programs name the folder they were made in, so that it cannot be moved when it is complete.
  await runCommand(python, ['-m', 'venv', kept], options);
  await runCommand(join(kept, 'bin', 'pip'), ['install', '--quiet', '-r', requirements], options);
  return program;
}

function isNewEnough(python: string): boolean {
  const check = 'import sys; sys.exit(sys.version_info < (3, 10))';
  return spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0;
}
