import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createRunLook } from '../../src/activities/reconcile/runs.ts';
import type { Run } from '../../src/domain/run.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

let rig: ReconcilerRig;

beforeAll(async () => {
  rig = await startReconcilerRig();
});

afterAll(() => rig.close());

/** A look at runs of which Temporal tells this. */
async function lookWith(run: Run): Promise<number> {
  const runs = { find: async () => run, findActivity: async () => null, lostSince: async () => [] };
  return createRunLook({ ...workerParts(rig.context), runs }).reconcileRuns();
}

it('tells people of a run whose workflow task keeps failing, and leaves it alone', async () => {
  const orderId = await rig.capturedOrder();
  const running = { runId: 'run', status: 'running' } as const;
  expect(await lookWith({ ...running, taskAttempts: 4 })).toBe(0);
  expect(await lookWith({ ...running, taskAttempts: 5 })).toBe(1);
  expect(await lookWith({ ...running, taskAttempts: 6 })).toBe(0);
  expect(await rig.findings(orderId)).toMatchObject([{ kind: 'run_stalled', open: true }]);
  const { rows } = await rig.pool.query(
    'select count(*)::integer as told from operator_alerts where order_id = $1',
    [orderId],
  );
  expect(rows).toEqual([{ told: 1 }]);
  await lookWith({ ...running, taskAttempts: 1 });
  expect(await rig.findings(orderId)).toMatchObject([{ open: false }]);
});
