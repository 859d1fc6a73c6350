import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../dev/supervisor/run-command.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
const installTimeoutMs = 10 * 60_000;

/** The program of the pinned Schemathesis, in an environment of its own that is kept for this user. Needs Python 3.10 or newer. */
export async function installSchemathesis(env: NodeJS.ProcessEnv): Promise<string> {
  const pinned = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  const kept = join(cache, 'order-saga', `schemathesis-${pinned}`);
  const program = join(kept, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  const python = ['python3', 'python'].find(isNewEnough);
  if (python === undefined) throw new Error('Schemathesis needs Python 3.10 or newer on the PATH');
  const options = { env, timeoutMs: installTimeoutMs };
  mkdirSync(join(cache, 'order-saga'), { recursive: true });
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
