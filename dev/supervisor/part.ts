import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors.ts';
import { BoundedLog } from './bounded-log.ts';
import { endProcess, send, type Ending } from './end-process.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import type { RunRecord } from './run-record.ts';
import { waitFor } from './wait-for.ts';

const firstRestartDelayMs = 250;
const maxRestartDelayMs = 10_000;
/** A part that has run this long starts its restarts from the shortest delay again. */
const steadyAfterMs = 30_000;
const keptLines = 10;
const shownLineLength = 300;

/** One process of the constellation: how it is started, when it is ready, how it ends. */
export type PartSpec = {
  name: string;
  /** Parts start by stage, the lowest first, and stop in the opposite order. */
  stage: number;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Whom it runs as, where that is not the supervisor's own user. */
  user?: { uid: number; gid: number };
  /** A directory that it finds open as its file descriptor 3. */
  inherit?: string;
  /** Clears the ground before each start. */
  prepare?: () => Promise<void>;
  ready: () => Promise<boolean>;
  readyTimeoutMs: number;
  ending: Ending;
  /** Turns a line of its log into what the terminal shows, or undefined for nothing. */
  surface?: (line: string) => string | undefined;
};

/** What parts share: where their logs and their record go, and the terminal. */
export type PartHost = { logsDir: string; record: RunRecord; say: (line: string) => void };

/** A process that is kept running: one that dies by itself is started again, with growing delays, and visibly. */
export class Part {
  readonly name: string;
  readonly stage: number;
  readonly #spec: PartSpec;
  readonly #host: PartHost;
  readonly #log: BoundedLog;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #exit: Promise<string> = Promise.resolve('');
  #wanted = new AbortController();
  #ready = false;
  #lastLines: string[] = [];

  constructor(spec: PartSpec, host: PartHost) {
    this.name = spec.name;
    this.stage = spec.stage;
    this.#spec = spec;
    this.#host = host;
    this.#log = new BoundedLog(join(host.logsDir, `${spec.name}.log`));
    this.#wanted.abort();
  }

  /** The running process's id, or undefined while there is none. */
  get pid(): number | undefined {
    return this.#identity?.pid;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Starts the process and waits until it is ready. Throws, with its last lines, when it does not get there. */
  async start(): Promise<void> {
    if (!this.#wanted.signal.aborted) return;
    this.#wanted = new AbortController();
    try {
      await this.#launch();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the process in good order, or by force when it takes too long, and keeps it from coming back. */
  async stop(): Promise<void> {
    this.#wanted.abort();
    const identity = this.#identity;
    if (identity === undefined) return;
    const how = await endProcess(identity, this.#spec.ending);
    if (how === 'killed') this.#host.say(`${this.name} did not stop in time and was killed`);
    await this.#exit;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Sends a signal to the process and lets the supervision do the rest. */
  kill(signal: NodeJS.Signals): void {
    if (this.#identity !== undefined) send(this.#identity.pid, signal);
  }

  /** Waits until the process, restarted or not, is ready. */
  async untilReady(timeoutMs: number = this.#spec.readyTimeoutMs): Promise<void> {
    await waitFor(`${this.name} is not ready`, async () => this.#ready, timeoutMs);
  }

  async #launch(): Promise<void> {
    const { ending } = this.#spec;
    await this.#spec.prepare?.();
    const child = spawnPart(this.#spec);
    this.#child = child;
    this.#exit = exitOf(child);
    if (child.pid === undefined) throw new Error(`${this.name} ${await this.#exit}`);
    const identity = identify(child.pid) ?? { pid: child.pid, startedAt: '' };
    this.#identity = identity;
    this.#host.record.add({ name: this.name, stage: this.stage, ending, identity });
    this.#keepLog(child);
    const startedAtMs = Date.now();
    const exited = this.#exit.then((reason) => this.#ended(child, reason));
    await this.#untilHealthy(exited);
    this.#ready = true;
    void this.#exit.then((reason) => this.#revive(reason, Date.now() - startedAtMs));
  }

  async #untilHealthy(exited: Promise<string>): Promise<void> {
    let gone: string | undefined;
    void exited.then((reason) => (gone = reason));
    const probe = async () => gone !== undefined || this.#wanted.signal.aborted || (await this.#spec.ready());
    try {
      await waitFor(`${this.name} is not ready`, probe, this.#spec.readyTimeoutMs);
    } catch (error) {
      throw new Error(`${messageOf(error)}${this.#tail()}`, { cause: error });
    }
    if (gone !== undefined) throw new Error(`${this.name} ${gone} while starting${this.#tail()}`);
  }

  #ended(child: ChildProcess, reason: string): string {
    if (this.#child === child) {
      this.#child = undefined;
      this.#identity = undefined;
      this.#ready = false;
      this.#host.record.remove(this.name);
    }
    return reason;
  }

  async #revive(reason: string, ranForMs: number): Promise<void> {
    let delayMs = firstRestartDelayMs;
    let why = reason;
    if (ranForMs < steadyAfterMs) delayMs *= 2;
    while (!this.#wanted.signal.aborted) {
      this.#host.say(`${this.name} ${why}; starting it again in ${delayMs / 1000} s`);
      const { signal } = this.#wanted;
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#launch();
        if (!signal.aborted) this.#host.say(`${this.name} is back (pid ${this.pid})`);
        return;
      } catch (error) {
        if (this.#identity !== undefined) await endProcess(this.#identity, this.#spec.ending);
        why = messageOf(error).replace(`${this.name} `, '');
        delayMs = Math.min(delayMs * 2, maxRestartDelayMs);
      }
    }
  }

  #keepLog(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log.write(text);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#noteLine(line);
      });
    }
  }

  #noteLine(line: string): void {
    this.#lastLines = [...this.#lastLines.slice(1 - keptLines), line.slice(0, shownLineLength)];
    if (!this.#ready || this.#wanted.signal.aborted) return;
    const shown = this.#spec.surface?.(line);
    if (shown !== undefined) this.#host.say(`[${this.name}] ${shown}`);
  }

  #tail(): string {
    return this.#lastLines.length === 0 ? '' : `. Its last lines:\n  ${this.#lastLines.join('\n  ')}`;
  }
}

function spawnPart({ command, args, env, cwd, user, inherit }: PartSpec): ChildProcess {
  const descriptors = inherit === undefined ? [] : [openSync(inherit, 'r')];
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...descriptors];
    return spawn(command, args, { env, cwd, ...user, detached: true, stdio });
  } finally {
    descriptors.forEach((descriptor) => closeSync(descriptor));
  }
}

/** Resolves, in words, when the process has ended or could not be started. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `died of ${signal}`),
    );
  });
}
