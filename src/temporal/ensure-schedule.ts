import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { grpcCode, grpcCodeOf } from './grpc.ts';
import { UndecodablePayload } from './payload-codec.ts';

/** A schedule that starts a workflow, as it has to be. */
export interface WantedSchedule extends Pick<ScheduleOptions, 'scheduleId' | 'spec' | 'action' | 'policies'> {
  /** How it begins where there is none yet. One that there is stays paused or not as it is. */
  readonly beginsPaused?: { readonly paused: boolean; readonly note: string };
  /**
   * Whether the one that there is needs no change. With every change Temporal forgets what was due before it and is not
   * started yet.
   */
  readonly isCurrent?: (there: ScheduleDescription) => boolean;
}

/** Whether Temporal takes no schedule like this one, now or later: the SDK tells of a spec that it refuses by a TypeError. */
export function isRefusedSchedule(error: unknown): boolean {
  return error instanceof TypeError || grpcCodeOf(error) === grpcCode.invalidArgument;
}

/** Sees to it that there is the one schedule of this id, as it is wanted. Safe when many start at once. */
export async function ensureSchedule(client: Client, wanted: WantedSchedule): Promise<void> {
  const { beginsPaused, isCurrent: _, ...options } = wanted;
  try {
    await client.schedule.create({ ...options, ...(beginsPaused && { state: beginsPaused }) });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await change(client, wanted);
  }
}

async function change(client: Client, wanted: WantedSchedule): Promise<void> {
  const { scheduleId, spec, action, policies, isCurrent } = wanted;
  const handle = client.schedule.getHandle(scheduleId);
  try {
    if (isCurrent?.(await handle.describe())) return;
    await handle.update(({ state }) => ({ spec, action, ...(policies && { policies }), state }));
  } catch (unreadable) {
    if (unreadable instanceof UndecodablePayload) await replace(client, wanted);
    else if (!isMadeByAnother(unreadable)) throw unreadable;
  }
}

/** Its input was encrypted with a key that is no more, and an update reads the old input. */
async function replace(client: Client, wanted: WantedSchedule): Promise<void> {
  const { beginsPaused: _, isCurrent: __, ...options } = wanted;
  const { scheduleId } = wanted;
  const { namespace } = client.options;
  try {
    const { schedule } = await client.workflowService.describeSchedule({ namespace, scheduleId });
    const { paused = false, notes } = schedule?.state ?? {};
    await client.schedule.getHandle(scheduleId).delete();
    const state = { paused: paused === true, ...(notes && { note: notes }) };
    await client.schedule.create({ ...options, state });
  } catch (error) {
    if (!isMadeByAnother(error)) throw error;
  }
}

/** Those who start together all find it unreadable; whoever deletes it is the one that makes it anew. */
function isMadeByAnother(error: unknown): boolean {
  return (
    error instanceof ScheduleNotFoundError ||
    error instanceof ScheduleAlreadyRunning ||
    grpcCodeOf(error) === grpcCode.notFound ||
    // It was closed while it was asked.
    grpcCodeOf(error) === grpcCode.failedPrecondition
  );
}
