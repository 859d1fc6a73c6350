import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { endProcess } from './end-process.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

const identity = z.object({ pid: z.int().positive(), startedAt: z.string() });
const signals = ['SIGTERM', 'SIGINT'] as const;
const ending = z.object({ signal: z.enum(signals), timeoutMs: z.number() });
const runningPart = z.object({ name: z.string(), stage: z.number(), ending, identity });
const run = z.object({ supervisor: identity, apiUrl: z.string().optional(), parts: z.array(runningPart) });

/** What is needed to end a part from another process. Parts of a higher stage end first. */
export type RunningPart = z.infer<typeof runningPart>;

/** Who runs on a data directory, and which processes that run has started. */
export type Run = z.infer<typeof run>;

/** Keeps the run on disk, so that whoever comes after a supervisor that was killed can end its parts. */
export class RunRecord {
  readonly #file: string;
  readonly #run: Run;

  constructor(file: string, supervisor: ProcessIdentity) {
    this.#file = file;
    this.#run = { supervisor, parts: [] };
    this.#write();
  }

  add(part: RunningPart): void {
    this.#run.parts = [...this.#run.parts.filter((other) => other.name !== part.name), part];
    this.#write();
  }

  remove(name: string): void {
    this.#run.parts = this.#run.parts.filter((part) => part.name !== name);
    this.#write();
  }

  announce(apiUrl: string): void {
    this.#run.apiUrl = apiUrl;
    this.#write();
  }

  delete(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#run, undefined, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** The run that a file speaks of, or undefined where there is none. */
export function readRun(file: string): Run | undefined {
  try {
    return run.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Ends what a killed supervisor left running, the last stage first.
 *
 * @returns the names of the parts that were still there.
 */
export async function endLeftovers(file: string): Promise<string[]> {
  const left = (readRun(file)?.parts ?? []).filter((part) => isAlive(part.identity));
  const stages = [...new Set(left.map((part) => part.stage))].toSorted((a, b) => b - a);
  for (const stage of stages) {
    const parts = left.filter((part) => part.stage === stage);
    await Promise.all(parts.map((part) => endProcess(part.identity, part.ending)));
  }
  return left.map((part) => part.name);
}
