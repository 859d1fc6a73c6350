/** The least that Temporal has to do for as many steps: no undo, no search attribute, no signal, no timer, no notice. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { BareActivities } from './activities.ts';
import { bareSteps } from './messages.ts';

const regular = proxyActivities<BareActivities>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '2500ms' });

export async function bareRegular(orderId: string): Promise<void> {
  for (const step of bareSteps) await regular.takeStep(orderId, step);
}

export async function bareLocal(orderId: string): Promise<void> {
  for (const step of bareSteps) await local.takeStep(orderId, step);
}
