import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoundedLog } from './bounded-log.ts';
import { exitOf, readOutput, spawnChild } from './child.ts';
import { endProcess, send } from './end-process.ts';
import { messageOf } from './errors.ts';
import type { PartSpec } from './part-spec.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import type { RunRecord } from './run-record.ts';
import { waitFor } from './wait-for.ts';

const firstRestartDelayMs = 250;
const maxRestartDelayMs = 10_000;
const keptLines = 10;
const shownLineLength = 300;

/** What parts share: where their logs and their record go, and the terminal. */
export type PartHost = { logsDir: string; record: RunRecord; say: (line: string) => void };

/** A process that is kept running: one that dies by itself is started again, with growing delays, and visibly. */
export class Part {
  readonly name: string;
  readonly stage: number;
  readonly #spec: PartSpec;
  readonly #host: PartHost;
  readonly #log: BoundedLog;
  #running: { child: ChildProcess; identity: ProcessIdentity; exit: Promise<string> } | undefined;
  #stopped = new AbortController();
  #ready = false;
  #lastLines: string[] = [];

  constructor(spec: PartSpec, host: PartHost) {
    this.name = spec.name;
    this.stage = spec.stage;
    this.#spec = spec;
    this.#host = host;
    this.#log = new BoundedLog(join(host.logsDir, `${spec.name}.log`));
    this.#stopped.abort();
  }

  /** The running process's id, or undefined while there is none. */
  get pid(): number | undefined {
    return this.#running?.identity.pid;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Starts the process and waits until it is ready. Throws, with its last lines, when it does not get there. */
  async start(): Promise<void> {
    if (!this.#stopped.signal.aborted) return;
    this.#stopped = new AbortController();
    try {
      await this.#launch(this.#stopped.signal);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the process in good order, or by force when it takes too long, and keeps it from coming back. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#running === undefined) return;
    const { identity, exit } = this.#running;
    const how = await endProcess(identity, this.#spec.ending);
    if (how === 'killed') this.#host.say(`${this.name} did not stop in time and was killed`);
    await exit;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Sends a signal to the process and lets the supervision do the rest. */
  kill(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) send(this.pid, signal);
  }

  /** Waits until the process, restarted or not, is ready. */
  async untilReady(timeoutMs: number = this.#spec.readyTimeoutMs): Promise<void> {
    await waitFor(`${this.name} is not ready`, async () => this.#ready, timeoutMs);
  }

  /** One run of the process, up to the moment when it is ready; its end is dealt with later on. */
  async #launch(stopped: AbortSignal): Promise<void> {
    await this.#spec.prepare?.();
    if (stopped.aborted) throw new Error(`${this.name} is stopped before it has started`);
    const child = spawnChild(this.#spec);
    const ended = exitOf(child);
    if (child.pid === undefined) throw new Error(`${this.name} ${await ended}`);
    const exit = ended.then((reason) => this.#noteEnd(child, reason));
    const identity = identify(child.pid) ?? { pid: child.pid, startedAt: '' };
    this.#running = { child, identity, exit };
    const { name, stage } = this;
    this.#host.record.add({ name, stage, ending: this.#spec.ending, identity });
    readOutput(
      child,
      (text) => this.#log.write(text),
      (line) => this.#noteLine(line, stopped),
    );
    await this.#untilHealthy(exit, stopped);
    this.#ready = true;
    void exit.then((reason) => this.#revive(reason, stopped));
  }

  async #untilHealthy(exit: Promise<string>, stopped: AbortSignal): Promise<void> {
    let over: string | undefined;
    void exit.then((reason) => (over = `${reason} while starting`));
    stopped.addEventListener('abort', () => (over ??= 'is stopped while starting'));
    const probe = async () => over !== undefined || (await this.#spec.ready());
    await waitFor(`${this.name} is not ready`, probe, this.#spec.readyTimeoutMs).catch((error: unknown) => {
      over = `is not ready: ${messageOf(error)}`;
    });
    if (over === undefined) return;
    const tail = this.#lastLines.length === 0 ? '' : `. Its last lines:\n  ${this.#lastLines.join('\n  ')}`;
    throw new Error(`${this.name} ${over}${tail}`);
  }

  #noteEnd(child: ChildProcess, reason: string): string {
    if (this.#running?.child === child) {
      this.#running = undefined;
      this.#ready = false;
      this.#host.record.remove(this.name);
    }
    return reason;
  }

  async #revive(reason: string, stopped: AbortSignal): Promise<void> {
    let why = `${this.name} ${reason}`;
    for (let delayMs = firstRestartDelayMs; ; delayMs = Math.min(delayMs * 2, maxRestartDelayMs)) {
      if (stopped.aborted) return;
      this.#host.say(`${why}; starting it again in ${delayMs / 1000} s`);
      await sleep(delayMs, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return;
      try {
        await this.#launch(stopped);
        this.#host.say(`${this.name} is back (pid ${this.pid})`);
        return;
      } catch (error) {
        why = messageOf(error);
        if (this.#running !== undefined) await endProcess(this.#running.identity, this.#spec.ending);
      }
    }
  }

  #noteLine(line: string, stopped: AbortSignal): void {
    this.#lastLines = [...this.#lastLines.slice(1 - keptLines), line.slice(0, shownLineLength)];
    const shown = this.#ready && !stopped.aborted ? this.#spec.surface?.(line) : undefined;
    if (shown !== undefined) this.#host.say(`[${this.name}] ${shown}`);
  }
}
