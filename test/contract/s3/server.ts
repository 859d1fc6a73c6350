import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import getPort from 'get-port';
import { messageOf } from '../../../dev/supervisor/errors.ts';
import { pythonProgram } from '../../support/python-program.ts';

/** Moto, which speaks the protocol of S3 and is not ours. */
export interface S3Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Downloads it where it was not used before. Null where there is no Python to run it, or no way to download it. */
export async function startS3Server(): Promise<S3Server | null> {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const program = await pythonProgram('moto_server', requirements, process.env).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return null;
  });
  if (program === null) return null;
  const port = await getPort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  await answers(url, child.once.bind(child));
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

const startTimeoutMs = 60_000;
const lookEveryMs = 50;

async function answers(
  url: string,
  onceChild: (event: 'exit', listener: () => void) => unknown,
): Promise<void> {
  let ended = false;
  onceChild('exit', () => (ended = true));
  const until = Date.now() + startTimeoutMs;
  for (;;) {
    const up = await fetch(`${url}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    if (ended || Date.now() > until) throw new Error('the S3 server does not start');
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
