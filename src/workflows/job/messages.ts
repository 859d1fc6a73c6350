import type { JobQueue } from '../../domain/job-type.ts';
import type { Backoff } from '../../domain/policies.ts';

export const jobWorkflowType = 'job';

export const batchWorkflowType = 'jobs';

/** Workflows of jobs, and the attempts of those that are light. */
export const jobsTaskQueue = 'jobs' satisfies JobQueue;

/** Attempts of jobs that take the processor or much memory; their workers do nothing else. */
export const heavyTaskQueue = 'heavy' satisfies JobQueue;

/** The input of a job's run: which job, and what the run has to know of its type. Input and result stay in Postgres. */
export interface JobInput {
  readonly version: 1;
  readonly jobId: string;
  /** Which run of the job this is. */
  readonly dispatch: number;
  readonly policy: JobRunPolicy;
  /** How long the first attempt here has to wait, in milliseconds. */
  readonly afterMs?: number;
}

/** The input of the run of a batch. */
export interface BatchInput {
  readonly version: 1;
  readonly jobs: readonly BatchedJob[];
  /** By type. */
  readonly policies: Readonly<Record<string, JobRunPolicy>>;
}

export interface BatchedJob {
  readonly jobId: string;
  readonly dispatch: number;
  readonly type: string;
  readonly traceParent?: string;
}

/** Times are in milliseconds. */
export interface JobRunPolicy {
  readonly type: string;
  readonly queue: JobQueue;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  /** The waits between attempts where no attempt could say how long: its worker was lost. */
  readonly backoff: Backoff;
}

/** What became of the run: its job has ended, waits in the queue again, or was another run's by then. */
export type JobRunOutcome = 'ended' | 'put_back' | 'gone';
