import type { Pool } from 'pg';
import { countWaiting, type WaitingJobs } from '../../db/jobs/types.ts';
import type { JobRules } from '../../domain/job-type.ts';
import { countBacklogEveryMs, countBacklogRestFactor } from './limits.ts';

/** How many jobs of each type wait, as this process knows it; nothing is looked up for it. */
export interface Backlog {
  /** Whether another job of the type may be taken. What is taken has to be noted. */
  hasRoom(rules: JobRules): boolean;
  /** One more was taken here, which the next count will know. */
  note(rules: JobRules): void;
  /** As last counted, most of them first; none before that. */
  readonly due: readonly WaitingJobs[];
  start(): void;
  stop(): void;
}

/** What cannot be counted stays as it was: while Postgres is away nothing is accepted anyway. */
export function watchBacklog(pool: Pool, everyMs: number = countBacklogEveryMs): Backlog {
  let counted = new Map<string, number>();
  let due: readonly WaitingJobs[] = [];
  let taken = new Map<string, number>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function count(): Promise<void> {
    const startedAt = performance.now();
    const before = taken;
    taken = new Map();
    try {
      const all = await countWaiting(pool);
      counted = new Map(all.map(({ type, waiting }) => [type, waiting]));
      due = all.filter((one) => one.due > 0).toSorted((one, other) => other.due - one.due);
    } catch {
      for (const [type, number] of taken) before.set(type, (before.get(type) ?? 0) + number);
      taken = before;
    }
    const tookMs = performance.now() - startedAt;
    const pauseMs = Math.max(everyMs, tookMs * countBacklogRestFactor);
    if (!stopped) timer = setTimeout(() => void count(), pauseMs).unref();
  }

  return {
    hasRoom: ({ name, maxBacklog }) => (counted.get(name) ?? 0) + (taken.get(name) ?? 0) < maxBacklog,
    note({ name }) {
      taken.set(name, (taken.get(name) ?? 0) + 1);
    },
    get due() {
      return due;
    },
    start: () => void count(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
