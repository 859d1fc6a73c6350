import { Failure } from '../domain/failures.ts';
import type { JobSchedule, ScheduleState, Schedules } from '../domain/schedule-state.ts';
import type { Temporal } from './connection.ts';
import { isRefusedSchedule } from './ensure-schedule.ts';
import { grpcCode, grpcCodeOf, grpcDetails } from './grpc.ts';
import { ensureJobSchedule } from './job-schedules.ts';
import { pauseSchedule } from './pause-schedule.ts';

/** How long one question to Temporal may take. */
const questionTimeoutMs = 3_000;

/** Tells of schedules by asking Temporal, and hands commands on that are Temporal's alone. */
export function createSchedules(temporal: Pick<Temporal, 'client' | 'namespace' | 'withTimeout'>): Schedules {
  const { client, namespace } = temporal;
  const { workflowService } = client;

  /** Without the SDK's handle, which opens the input as well and fails where its key is missing. */
  async function look(scheduleId: string): Promise<ScheduleState | null> {
    try {
      const { schedule, info } = await temporal.withTimeout(questionTimeoutMs, () =>
        workflowService.describeSchedule({ namespace, scheduleId }),
      );
      const interval = schedule?.spec?.interval?.[0]?.interval;
      return {
        paused: schedule?.state?.paused === true,
        note: schedule?.state?.notes || null,
        everyMs: interval?.seconds == null ? null : Number(interval.seconds) * 1_000,
        next: (info?.futureActionTimes ?? []).map(dateOf),
        recent: (info?.recentActions ?? []).map((action) => ({
          dueAt: dateOf(action.scheduleTime),
          startedAt: dateOf(action.actualTime),
        })),
        missed: Number(info?.missedCatchupWindow ?? 0),
      };
    } catch (error) {
      if (grpcCodeOf(error) === grpcCode.notFound) return null;
      throw error;
    }
  }

  async function ensure(schedule: JobSchedule): Promise<void> {
    try {
      await temporal.withTimeout(questionTimeoutMs, () => ensureJobSchedule(client, schedule));
    } catch (error) {
      if (!isRefusedSchedule(error)) throw error;
      throw new Failure('Misconfigured', `Temporal refuses it: ${grpcDetails(error)}`, { cause: error });
    }
  }

  return {
    look,
    ensure,
    async setPaused(scheduleId, paused, note) {
      await temporal.withTimeout(questionTimeoutMs, () => pauseSchedule(client, scheduleId, paused, note));
    },
    async trigger(scheduleId) {
      await temporal.withTimeout(questionTimeoutMs, () => client.schedule.getHandle(scheduleId).trigger());
    },
  };
}

function dateOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): Date {
  return new Date(Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000));
}
