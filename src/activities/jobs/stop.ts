/** Why an attempt has to let go of its job. */
export type StopReason =
  /** A cancel was accepted. */
  | 'cancelled'
  /** The attempt has had its time. */
  | 'timed_out'
  /** The job has had its time. */
  | 'out_of_time'
  /** Its worker has to end. */
  | 'handed_over'
  /** The job is another attempt's by now. */
  | 'lost';

/** What a handler's signal is aborted with. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the attempt has to stop: ${reason}`);
    this.reason = reason;
  }
}

/** The one signal of an attempt; the first reason to stop is the one that counts. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly reason: StopReason | null;
  now(reason: StopReason): void;
}

export function createStop(): Stop {
  const controller = new AbortController();
  let reason: StopReason | null = null;
  return {
    signal: controller.signal,
    get reason() {
      return reason;
    },
    now(why) {
      if (reason !== null) return;
      reason = why;
      controller.abort(new JobStopped(why));
    },
  };
}
