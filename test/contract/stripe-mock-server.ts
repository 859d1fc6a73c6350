import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The first version that knows `allowed_payment_method_types`. */
const version = 'v0.203.0';

/** How long a build may take; a first one downloads some modules. */
export const buildTimeoutMs = 5 * 60 * 1000;

const run = promisify(execFile);

/** Stripe's own check of requests against its OpenAPI document (github.com/stripe/stripe-mock). */
export interface StripeMock {
  readonly url: string;
  stop(): Promise<void>;
}

export async function hasGo(): Promise<boolean> {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/** Builds it where it isn't built yet, and starts it on a free port. */
export async function startStripeMock(): Promise<StripeMock> {
  const child = spawn(await binary(), ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  return { url: `http://${await addressOf(child)}`, stop: () => stop(child) };
}

/** Built once per user and version, outside the project. */
async function binary(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const directory = join(cache, 'order-saga', 'stripe-mock', version);
  const file = join(directory, 'stripe-mock');
  if (await exists(file)) return file;
  process.stderr.write(`Building stripe-mock ${version}, once …\n`);
  await mkdir(directory, { recursive: true });
  const workshop = await mkdtemp(join(directory, 'build-'));
  try {
    const env = { ...process.env, GOBIN: workshop };
    await run('go', ['install', `github.com/stripe/stripe-mock@${version}`], {
      env,
      timeout: buildTimeoutMs,
    });
    await rename(join(workshop, 'stripe-mock'), file);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return file;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** It says on its standard output where it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('stripe-mock has no standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Listening for HTTP at address: (\S+)/.exec(line)?.[1];
    if (address) {
      child.stdout.resume();
      return address;
    }
  }
  throw new Error('stripe-mock ended before it listened');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
