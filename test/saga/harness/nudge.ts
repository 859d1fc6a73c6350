import proto from '@temporalio/proto';
import { setTimeout as pause } from 'node:timers/promises';
import { orderWorkflowId } from '../../../src/domain/ids.ts';
import type { Stage } from './stage.ts';

const cancelRequested =
  proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
const lookEveryMs = 40;
const giveUpAfterMs = 30_000;

/** Resolves when the workflow has asked the activities that are under way to end: it knows of the cancel. */
export async function nudged({ rig, director }: Stage, orderId: string): Promise<void> {
  const run = rig.temporal.client.workflow.getHandle(orderWorkflowId(orderId));
  const giveUpAt = Date.now() + giveUpAfterMs;
  while (Date.now() < giveUpAt) {
    const { raw } = await run.describe();
    const pending = raw.pendingActivities ?? [];
    if (pending.every(({ state }) => state === cancelRequested)) return;
    await pause(lookEveryMs);
  }
  throw new Error(`the workflow did not hear of the cancel while ${director.underWay(orderId).join()} ran`);
}
