import { isJobEnd, type NumberedJobEvent } from '../../db/jobs/event-tail.ts';
import type { EventStream, ServerSentEvent } from './event-stream.ts';
import type { Tail } from './tail.ts';

/** Sends a job's events after the number `after` as they come, and ends with the one by which the job has ended. */
export function followJob(
  tail: Tail<NumberedJobEvent>,
  jobId: string,
  after: number,
  stream: EventStream,
): void {
  const following = tail.follow(jobId, after, {
    take(events) {
      const keepsUp = stream.send(events.map((event) => toSent(jobId, event)));
      const last = events.at(-1);
      // An end that is followed by a new round is none.
      if (last && isJobEnd(last.type)) {
        following.stop();
        stream.end();
      }
      return keepsUp;
    },
    stopped: () => stream.end({ reconnect: true }),
  });
  stream.onReady(() => following.goOn());
  stream.onClosed(() => following.stop());
}

function toSent(jobId: string, { number, type, at, data }: NumberedJobEvent): ServerSentEvent {
  return { id: number, event: type, data: { jobId, number, type, at: at.toISOString(), data } };
}
