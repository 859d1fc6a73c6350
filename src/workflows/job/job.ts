import { ActivityFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { jobActivities } from '../activities.ts';
import type { JobInput, JobRunOutcome } from './messages.ts';

/**
 * One run of a job: its attempts, until one says that the job has ended or waits in the queue again. What an attempt does, and
 * whether there is another one, is decided in Postgres by the attempts themselves.
 */
export async function job({ jobId, dispatch, policy, afterMs = 0 }: JobInput): Promise<JobRunOutcome> {
  const ref = { jobId, dispatch, type: policy.type };
  const activities = jobActivities(policy);
  try {
    if (afterMs > 0) await sleep(afterMs);
    return await activities.runJob(ref);
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    // No attempt has had the last word: the run was cancelled, or the job has had its time without a worker for it.
    const why = isCancellation(error) ? 'cancelled' : 'lost';
    return CancellationScope.nonCancellable(() => activities.settleJob(ref, why));
  }
}
