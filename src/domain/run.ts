/** A run of an order's workflow, as Temporal tells of it. */
export interface Run {
  readonly runId: string;
  /** `completed` and the four after it are closed; a run of ours is never continued as new. */
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed_out';
  /** How often the workflow task that is due has been tried; 0 when none is. */
  readonly taskAttempts: number;
}

/** The runs that Temporal knows. */
export interface Runs {
  /** How the newest activity of this id outside of any workflow stands, or null when there is none. */
  findActivity(activityId: string): Promise<Run['status'] | null>;
  /** The newest run under this workflow id, or null when there is none. */
  find(workflowId: string): Promise<Run | null>;
  /** The orders whose run was closed from outside or failed since then, the newest first, at most `limit`. */
  lostSince(since: Date, limit: number): Promise<string[]>;
}
