import { createSchedules } from '../../../temporal/schedules.ts';
import { reconcileScheduleId } from '../../../workflows/reconcile/messages.ts';
import type { ApiContext } from '../../api-context.ts';
import { askTemporal } from '../../ask-temporal.ts';
import { Problem } from '../../problems/errors.ts';
import { reconcileBody } from '../../bodies/reconcile.ts';
import type { ScheduleBody } from '../../bodies/schedule.ts';

export const isReconciler = (id: string): boolean => id === reconcileScheduleId;

/** Throws an `unknown-schedule` problem where no worker has made it yet, and `temporal-unavailable`. */
export async function readReconciler({ temporal }: Pick<ApiContext, 'temporal'>): Promise<ScheduleBody> {
  const state = await askTemporal(() => createSchedules(temporal).look(reconcileScheduleId));
  if (!state) throw new Problem('unknown-schedule');
  return reconcileBody(state);
}

export async function pauseReconciler(
  context: Pick<ApiContext, 'temporal'>,
  paused: boolean,
  note: string,
): Promise<ScheduleBody> {
  await askTemporal(() => createSchedules(context.temporal).setPaused(reconcileScheduleId, paused, note));
  return readReconciler(context);
}

/** A pass now, unless one is under way. */
export async function triggerReconciler({ temporal }: Pick<ApiContext, 'temporal'>): Promise<void> {
  await askTemporal(() => createSchedules(temporal).trigger(reconcileScheduleId));
}

/** Throws a `schedule-fixed` problem for the reconciler, whose pace is configured. */
export function assertChangeable(id: string): void {
  if (isReconciler(id)) throw new Problem('schedule-fixed', 'Its pace is set by `RECONCILE_EVERY_MS`.');
}
