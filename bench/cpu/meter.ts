import { commandOf, processTable, type ProcessRow } from './process-table.ts';

/** CPU used by process, in milliseconds. */
export type CpuUse = Readonly<Record<string, number>>;

/** Counts the CPU of some processes and of all that they start. */
export interface CpuMeter {
  /** What they have used since the meter was started. */
  stop(): CpuUse;
}

/** A process that ends is known as it was at most this long before. */
const lookEveryMs = 500;

/** `roots` are processes by name. What Postgres works for whom is told apart by database. */
export function startCpuMeter(roots: Readonly<Record<string, number>>): CpuMeter {
  const first = new Map<number, number>();
  const last = new Map<number, { readonly name: string; readonly cpuMs: number }>();

  function look(isFirst: boolean): void {
    const table = processTable();
    const names = namesOf(table, roots);
    for (const { pid, cpuMs } of table) {
      const root = names.get(pid);
      if (root === undefined) continue;
      if (isFirst) first.set(pid, cpuMs);
      last.set(pid, { name: last.get(pid)?.name ?? detailed(root, pid), cpuMs });
    }
  }

  look(true);
  const looking = setInterval(() => look(false), lookEveryMs);
  return {
    stop() {
      clearInterval(looking);
      look(false);
      const used: Record<string, number> = {};
      for (const [pid, { name, cpuMs }] of last)
        used[name] = (used[name] ?? 0) + cpuMs - (first.get(pid) ?? 0);
      return used;
    },
  };
}

/** Which root each process descends from, by process id. */
function namesOf(table: readonly ProcessRow[], roots: Readonly<Record<string, number>>): Map<number, string> {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const names = new Map<number, string>();
  function visit(pid: number, name: string): void {
    names.set(pid, name);
    for (const child of children.get(pid) ?? []) visit(child.pid, name);
  }
  for (const [name, pid] of Object.entries(roots)) visit(pid, name);
  return names;
}

/** A backend's command line names its user and its database: `postgres: order_saga temporal 127.0.0.1(40112) idle`. */
function detailed(root: string, pid: number): string {
  if (root !== 'postgres') return root;
  const [, database] = /^postgres: \S+ (\S+) \S+\(\d+\)/.exec(commandOf(pid)) ?? [];
  if (database === undefined) return 'postgres itself';
  return database.startsWith('temporal') ? 'postgres for Temporal' : 'postgres for the service';
}

export function total(use: CpuUse): number {
  return Object.values(use).reduce((sum, ms) => sum + ms, 0);
}
