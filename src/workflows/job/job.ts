import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import type { JobRef } from '../../activities/jobs/activities.ts';
import { jobActivities, type JobProxies } from '../activities.ts';
import type { JobInput, JobRunOutcome } from './messages.ts';

/**
 * One run of a job: its attempts, until one says that the job has ended or waits in the queue again. What an attempt does, and
 * whether there is another one, is decided in Postgres by the attempts themselves.
 */
export async function job({ jobId, dispatch, policy }: JobInput): Promise<JobRunOutcome> {
  const ref = { jobId, dispatch, type: policy.type };
  const activities = jobActivities(policy);
  try {
    return (policy.short && (await tryAtOnce(activities, ref))) || (await activities.runJob(ref));
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    // No attempt has had the last word: the run was cancelled, or the job has had its time without a worker for it.
    const why = isCancellation(error) ? 'cancelled' : 'lost';
    return CancellationScope.nonCancellable(() => activities.settleJob(ref, why));
  }
}

/** The first attempt within the workflow task; null where another one is needed, once its time has come. */
async function tryAtOnce(activities: JobProxies, ref: JobRef): Promise<JobRunOutcome | null> {
  try {
    const attempted = await activities.tryJob(ref);
    if (typeof attempted === 'string') return attempted;
    await sleep(attempted.retryInMs);
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
  return null;
}
