import { pauseOf, type ScheduleState } from '../../domain/schedule-state.ts';
import { reconcileScheduleId } from '../../workflows/reconcile/messages.ts';
import { nextRunsShown } from '../limits.ts';
import { pausedInTemporal, type ScheduleBody } from './schedule.ts';

/** The schedule of the reconciler, which Temporal alone knows: it makes no jobs, and its pace is configured. */
export function reconcileBody(state: ScheduleState): ScheduleBody {
  const everySeconds = state.everyMs === null ? null : state.everyMs / 1_000;
  return {
    id: reconcileScheduleId,
    type: null,
    cron: null,
    everySeconds,
    words: `Every ${everySeconds ?? '?'} seconds`,
    timeZone: null,
    overlap: 'skip',
    catchUpSeconds: null,
    skipDates: [],
    input: {},
    isBuiltIn: true,
    paused: state.paused ? pausedBody(state.note) : null,
    changed: null,
    nextRuns: state.next.slice(0, nextRunsShown).map(minuteOf),
    lastRuns: state.recent.toReversed().map(({ dueAt, startedAt }) => ({
      ...minuteOf(dueAt),
      outcome: 'made' as const,
      cause: 'schedule' as const,
      requestedBy: null,
      jobId: null,
      jobStatus: null,
      at: startedAt.toISOString(),
    })),
    leftOut: { missed: state.missed, overlap: 0, holiday: 0, paused: 0 },
    links: { self: `/schedules/${reconcileScheduleId}` },
  };
}

/** Temporal does not say since when. */
function pausedBody(note: string | null): ScheduleBody['paused'] {
  return { ...pausedInTemporal(note), ...pauseOf(note ?? '') };
}

function minuteOf(at: Date) {
  return { tick: at.toISOString(), dueAt: at.toISOString() };
}
