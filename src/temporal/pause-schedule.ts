import type { Client } from '@temporalio/client';
import { grpcCode, grpcCodeOf } from './grpc.ts';

/**
 * Pauses a schedule or lets it go on, whatever it was. Of what comes at once Temporal takes a pause up before a change, and the
 * change brings the state back that was read for it: so every change before this one has to be taken up first, as it is by the
 * time that Temporal tells how the schedule stands.
 */
export async function pauseSchedule(
  client: Client,
  scheduleId: string,
  paused: boolean,
  note: string,
): Promise<void> {
  const { namespace } = client.options;
  try {
    await client.workflowService.describeSchedule({ namespace, scheduleId });
  } catch (error) {
    // There is none, which the pause itself tells better.
    if (grpcCodeOf(error) !== grpcCode.notFound) throw error;
  }
  const handle = client.schedule.getHandle(scheduleId);
  await (paused ? handle.pause(note) : handle.unpause(note));
}
