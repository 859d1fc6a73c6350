import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of ours, as a test sees it. */
export interface Spawned {
  readonly pid: number;
  /** Its log so far. */
  readonly lines: readonly Record<string, unknown>[];
  /** What it has written to standard error. */
  readonly errors: () => string;
  /** All that it has written, as it is. */
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs a file of the repository with these variables and nothing else of the environment but the PATH. */
export function spawnNode(file: string, variables: Readonly<Record<string, string>>): Spawned {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  let output = '';
  createInterface(child.stdout).on('line', (text) => {
    output += `${text}\n`;
    if (!text.startsWith('{')) return;
    const line: Record<string, unknown> = JSON.parse(text);
    lines.push(line);
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
    output += data.toString();
  });
  const ended = once(child, 'close').then(() => child.exitCode ?? child.signalCode);
  return {
    pid: child.pid ?? 0,
    lines,
    errors: () => errors,
    output: () => output,
    kill: (signal) => child.kill(signal),
    ended,
  };
}
