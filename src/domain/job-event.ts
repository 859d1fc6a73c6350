/** What happens to a job. Its last one is that of its end; only a new round adds more. */
export const jobEventTypes = [
  'job.queued',
  'job.started',
  'job.progress',
  'job.attempt_failed',
  /** Its attempt ends before its time, and another worker goes on. */
  'job.handed_over',
  /** Its next attempt waits in the queue: the type is paused, as many run as may, or the worker does not know the type. */
  'job.put_back',
  'job.cancel_requested',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'job.dead',
  /** Somebody has asked for a new round. */
  'job.retried',
] as const;
export type JobEventType = (typeof jobEventTypes)[number];
