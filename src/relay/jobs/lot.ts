import type { ClaimedJob } from '../../db/jobs/queue.ts';
import { batchWorkflowId, jobWorkflowId } from '../../domain/ids.ts';

/** Jobs that are handed over by one start: a job by itself, or a batch of short ones. */
export interface Lot {
  readonly workflowId: string;
  readonly batch: string | null;
  readonly jobs: readonly ClaimedJob[];
}

export function lotsOf(jobs: readonly ClaimedJob[]): Lot[] {
  const lots = Map.groupBy(jobs, ({ jobId, dispatch, batch }) =>
    batch === null ? jobWorkflowId(jobId, dispatch) : batchWorkflowId(batch),
  );
  return [...lots].map(([workflowId, some]) => ({ workflowId, batch: some[0]?.batch ?? null, jobs: some }));
}
