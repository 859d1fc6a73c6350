import type { Pool } from 'pg';
import { readTypeStates } from '../../db/jobs/types.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** Shows, whenever metrics are asked for, how the jobs of each type stand: every process shows the same. */
export function watchJobs(pool: Pool, metrics: Metrics, types: readonly JobRules[]): void {
  const names = types.map(({ name }) => name);
  metrics.beforeCollect(async () => {
    for (const state of await readTypeStates(pool, names)) {
      const { name: type, scheduled, waiting, running, dead, oldestWaitMs, pausedAt } = state;
      metrics.jobsOpen.set({ type, state: 'scheduled' }, scheduled);
      metrics.jobsOpen.set({ type, state: 'waiting' }, waiting);
      metrics.jobsOpen.set({ type, state: 'running' }, running);
      metrics.jobsDead.set({ type }, dead);
      metrics.jobsOldestWait.set({ type }, (oldestWaitMs ?? 0) / 1_000);
      metrics.jobTypesPaused.set({ type }, pausedAt === null ? 0 : 1);
    }
  });
}
