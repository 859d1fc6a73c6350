import type { Pool } from 'pg';
import type { Metrics } from './metrics.ts';

/** Reads the pool's use whenever the metrics are asked for. */
export function watchPool(pool: Pool, metrics: Metrics): void {
  metrics.beforeCollect(() => {
    metrics.poolConnections.set({ state: 'idle' }, pool.idleCount);
    metrics.poolConnections.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
    metrics.poolWaiting.set(pool.waitingCount);
  });
}
