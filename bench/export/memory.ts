import { readFileSync } from 'node:fs';
import { processTable } from '../cpu/process-table.ts';

/** What is in the memory of a process, in bytes. */
export interface Resident {
  /** Its own: heaps, stacks, buffers. */
  readonly own: number;
  /** Pages of files, mostly the code of Node, which processes that run the same have in common. */
  readonly files: number;
}

/** The most memory that there was at one moment, in bytes. */
export interface PeakMemory {
  readonly worker: number;
  /** Of the processes that it has started. */
  readonly helpers: number;
  /** Of all of them: the sum of their resident sets (RSS), in which the code of Node counts once for each process. */
  readonly together: number;
  /** The same, where what they have in common counts once. */
  readonly inFact: number;
}

export interface MemoryMeter {
  stop(): PeakMemory;
}

const lookEveryMs = 50;

/** Watches a process and all that it starts. Linux only. */
export function startMemoryMeter(pid: number): MemoryMeter {
  const peak = { worker: 0, helpers: 0, together: 0, inFact: 0 };
  function look(): void {
    const all = [pid, ...startedBy(pid)].map(residentOf);
    const [worker = 0, ...helpers] = all.map(({ own, files }) => own + files);
    const now = {
      worker,
      helpers: sum(helpers),
      together: worker + sum(helpers),
      inFact: sum(all.map(({ own }) => own)) + Math.max(...all.map(({ files }) => files)),
    };
    for (const name of ['worker', 'helpers', 'together', 'inFact'] as const)
      peak[name] = Math.max(peak[name], now[name]);
  }
  look();
  const looking = setInterval(look, lookEveryMs);
  return {
    stop() {
      clearInterval(looking);
      look();
      return peak;
    },
  };
}

/** The processes that descend from one. */
function startedBy(pid: number): number[] {
  const children = Map.groupBy(processTable(), ({ parent }) => parent);
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** Nothing for a process that has ended. */
export function residentOf(pid: number): Resident {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended meanwhile.
  }
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1_024;
  return { own: bytes('RssAnon') + bytes('RssShmem'), files: bytes('RssFile') };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
