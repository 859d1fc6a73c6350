import type { Pool } from 'pg';
import { countOpen } from '../db/findings.ts';
import { personKinds } from '../domain/reconciler.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Shows, whenever metrics are asked for, what waits for a person: every worker shows the same, whoever made the pass. */
export function watchFindings(pool: Pool, metrics: Metrics): void {
  metrics.beforeCollect(async () => {
    const open = new Map((await countOpen(pool)).map((row) => [row.kind, row.open]));
    for (const kind of personKinds) metrics.reconcilerOpen.set({ kind }, open.get(kind) ?? 0);
  });
}
