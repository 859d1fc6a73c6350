import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { PartSpec } from './part-spec.ts';

/** A process in a group of its own, which Ctrl-C in the terminal does not reach. */
export function spawnChild({ command, args, env, cwd, user, inherit }: PartSpec): ChildProcess {
  const descriptors = inherit === undefined ? [] : [openSync(inherit, 'r')];
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...descriptors];
    return spawn(command, args, { env, cwd, ...user, detached: true, stdio });
  } finally {
    descriptors.forEach((descriptor) => closeSync(descriptor));
  }
}

/** Resolves, in words, when the process has ended or could not be started. */
export function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `died of ${signal}`),
    );
  });
}

/** Hands over what the process writes, as it comes and line by line. */
export function readOutput(
  child: ChildProcess,
  onText: (text: string) => void,
  onLine: (line: string) => void,
): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      onText(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach((line) => onLine(line));
    });
  }
}
