import type { StoredAnswer } from '../../../db/idempotency.ts';
import { createSchedules } from '../../../temporal/schedules.ts';
import { reconcileScheduleId } from '../../../workflows/reconcile/messages.ts';
import type { ApiContext } from '../../api-context.ts';
import { askTemporal } from '../../ask-temporal.ts';
import { assertMatches, type IfMatch } from '../../http/etag.ts';
import { Problem } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { reconcileBody } from '../../bodies/reconcile.ts';
import type { ScheduleBody } from '../../bodies/schedule.ts';

export const isReconciler = (id: string): boolean => id === reconcileScheduleId;

/** Throws an `unknown-schedule` problem where no worker has made it yet, and `temporal-unavailable`. */
export async function readReconciler({ temporal }: Pick<ApiContext, 'temporal'>): Promise<ScheduleBody> {
  const state = await askTemporal(() => createSchedules(temporal).look(reconcileScheduleId));
  if (!state) throw new Problem('unknown-schedule');
  return reconcileBody(state);
}

/** Throws a `precondition-failed` problem too. Temporal has no lock: what comes in between looking and pausing is not seen. */
export async function pauseReconciler(
  context: Pick<ApiContext, 'temporal'>,
  ifMatch: IfMatch | null,
  { paused, note }: { readonly paused: boolean; readonly note: string },
): Promise<ScheduleBody> {
  if (ifMatch !== null) assertMatches(ifMatch, await readReconciler(context));
  await askTemporal(() => createSchedules(context.temporal).setPaused(reconcileScheduleId, paused, note));
  return readReconciler(context);
}

/** A pass now, unless one is under way. Throws an `invalid-input` problem where it is to be that of a tick. */
export async function triggerReconciler(
  { temporal }: Pick<ApiContext, 'temporal'>,
  tick: string | undefined,
): Promise<StoredAnswer> {
  if (tick !== undefined)
    throw invalidInput([{ pointer: '#/tick', detail: 'must be left out: a pass is of no tick' }]);
  await askTemporal(() => createSchedules(temporal).trigger(reconcileScheduleId));
  const now = new Date().toISOString();
  return { status: 202, headers: {}, body: { tick: now, dueAt: now, jobId: null, isNew: true } };
}

/** Throws a `schedule-fixed` problem for the reconciler, whose pace is configured. */
export function assertChangeable(id: string): void {
  if (isReconciler(id)) throw new Problem('schedule-fixed', 'Its pace is set by `RECONCILE_EVERY_MS`.');
}
