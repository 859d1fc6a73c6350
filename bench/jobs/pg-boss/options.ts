import type { ConstructorOptions } from 'pg-boss';

/** `connections` is how many a process may have. Nobody is woken by a clock: there are no schedules. */
export function bossOptions(connectionString: string, connections: number): ConstructorOptions {
  return { connectionString, max: connections, schedule: false };
}
