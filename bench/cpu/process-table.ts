import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process as `/proc` shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** CPU that it has used itself, user and system, in milliseconds. */
  readonly cpuMs: number;
}

/** The unit of times in `/proc/<pid>/stat`. */
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Every process there is. Linux only. */
export function processTable(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      return stat === undefined ? [] : [parseStat(stat)];
    });
}

/** One line of `/proc/<pid>/stat`, see proc_pid_stat(5). The second field is a name that may hold anything, `)` too. */
export function parseStat(stat: string): ProcessRow {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, user = 0, system = 0] = [1, 11, 12].map((at) => fields[at] ?? 0);
  return { pid: Number.parseInt(stat), parent, cpuMs: ((user + system) * 1_000) / ticksPerSecond };
}

/** The command line as it is now; Postgres writes there what a backend is for. */
export function commandOf(pid: number): string {
  return (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

/** Undefined for what has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
