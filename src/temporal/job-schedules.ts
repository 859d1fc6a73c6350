import { createHash } from 'node:crypto';
import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type CalendarSpec,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import type { ScheduleSettings } from '../domain/schedule.ts';
import type { JobSchedule } from '../domain/schedule-state.ts';
import { ordersTaskQueue } from '../workflows/order/messages.ts';
import { tickWorkflowId, tickWorkflowType, type TickInput } from '../workflows/tick/messages.ts';
import { ensureSchedule } from './ensure-schedule.ts';
import { pauseSchedule } from './pause-schedule.ts';

/** A tick whose run takes longer has lost its workers; the reconciler makes up for it. */
const tickTimeoutMs = 24 * 60 * 60 * 1_000;

/** Sees to it that Temporal has the one schedule of this id, with these settings; whether it is paused stays as it is there. */
export async function ensureJobSchedule(client: Client, schedule: JobSchedule): Promise<void> {
  const { id, settings, pauseNote } = schedule;
  const input: TickInput = { version: 1, scheduleId: id, settings: fingerprint(settings) };
  await ensureSchedule(client, {
    scheduleId: id,
    spec: {
      cronExpressions: [settings.cron],
      timezone: settings.timeZone,
      skip: settings.skipDates.map(wholeDay),
    },
    action: {
      type: 'startWorkflow',
      workflowType: tickWorkflowType,
      workflowId: tickWorkflowId(id),
      taskQueue: ordersTaskQueue,
      args: [input],
      workflowExecutionTimeout: tickTimeoutMs,
      staticSummary: `Tick of ${id}`,
    },
    // Whether an earlier job is still there is for the tick itself to see, in Postgres.
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: settings.catchUpMs },
    beginsPaused: { paused: pauseNote !== null, note: pauseNote ?? '' },
    isCurrent: (there) => inputOf(there)?.settings === input.settings,
  });
}

/** Pauses it in Temporal or lets it go on, whatever it was. */
export async function pauseJobSchedule(client: Client, id: string, pauseNote: string | null): Promise<void> {
  await pauseSchedule(client, id, pauseNote !== null, pauseNote ?? 'resumed');
}

/** Nothing happens where there is none. */
export async function removeJobSchedule(client: Client, id: string): Promise<void> {
  try {
    await client.schedule.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

const months = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

function wholeDay(date: string): CalendarSpec {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  const named = months[month - 1] ?? 'JANUARY';
  return { year, month: named, dayOfMonth, hour: '*', minute: '*', second: '*' };
}

/** Short, and the same for the same settings as far as Temporal has to know them. */
function fingerprint({ cron, timeZone, catchUpMs, skipDates }: ScheduleSettings): string {
  const text = JSON.stringify([cron, timeZone, catchUpMs, skipDates.toSorted()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function inputOf({ action }: ScheduleDescription): TickInput | undefined {
  const [input] = action.args ?? [];
  return isTickInput(input) ? input : undefined;
}

function isTickInput(value: unknown): value is TickInput {
  return typeof value === 'object' && value !== null && 'settings' in value;
}
