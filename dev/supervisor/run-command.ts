import { spawn } from 'node:child_process';

const keptOutput = 4_000;

export type CommandOptions = {
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  cwd?: string;
  user?: { uid: number; gid: number };
  /** Sees the output as it comes. */
  onText?: (text: string) => void;
  /** A file descriptor of ours that the command finds as its number 3. */
  descriptor?: number;
};

/** Runs a command to its end and gives what it wrote last. Throws, with the same, when it fails or takes too long. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { env, timeoutMs, cwd, user, onText, descriptor }: CommandOptions,
): Promise<string> {
  const child = spawn(command, args, {
    env,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
    stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptOutput);
      onText?.(text);
    });
  }
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  try {
    const end = await new Promise<string | number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal ?? code));
    });
    if (end !== 0) throw new Error(`${command} ${args.join(' ')} failed (${end}):\n${output.trimEnd()}`);
    return output;
  } finally {
    process.off('exit', killWithUs);
  }
}
