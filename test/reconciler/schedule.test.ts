import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureReconcileSchedule } from '../../src/temporal/reconcile-schedule.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const minuteMs = 60_000;

let rig: ReconcilerRig;

beforeAll(async () => {
  rig = await startReconcilerRig();
});

afterAll(() => rig.close());

async function schedules(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of rig.temporal.client.schedule.list()) ids.push(scheduleId);
  return ids;
}

describe("the reconciler's schedule", () => {
  it('is one, however many workers start at once, and takes over a new pace', async () => {
    const { client } = rig.temporal;
    await Promise.all(Array.from({ length: 5 }, () => ensureReconcileSchedule(client, minuteMs)));
    await ensureReconcileSchedule(client, 2 * minuteMs);
    const handle = client.schedule.getHandle('reconcile');
    const { spec, policies } = await handle.describe();
    expect(spec.intervals).toMatchObject([{ every: 2 * minuteMs }]);
    expect(policies.overlap).toBe(ScheduleOverlapPolicy.SKIP);
    await expect.poll(schedules).toEqual(['reconcile']);
  });

  it('stays paused when an operator has paused it', async () => {
    const { client } = rig.temporal;
    await ensureReconcileSchedule(client, minuteMs);
    const handle = client.schedule.getHandle('reconcile');
    // Temporal has taken the change up by then: one that comes with a pause would undo it.
    await handle.describe();
    await handle.pause('for the night');
    await ensureReconcileSchedule(client, minuteMs);
    expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'for the night' });
    await handle.unpause();
  });

  it('makes passes by itself', async () => {
    const { client } = rig.temporal;
    const orderId = await rig.capturedOrder();
    await rig.terminate(orderId);
    await ensureReconcileSchedule(client, 1_000);
    await rig.deliver(orderId);
    const { status } = await rig.watch.until(orderId, 'its end', (order) => order.status === 'completed');
    expect(status).toBe('completed');
    await client.schedule.getHandle('reconcile').delete();
  });
});
