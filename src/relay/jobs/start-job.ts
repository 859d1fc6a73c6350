import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { ClaimedJob } from '../../db/job-queue.ts';
import { jobWorkflowId } from '../../domain/ids.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { jobsTaskQueue, jobWorkflowType, type JobInput } from '../../workflows/job/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/**
 * Starts a run of a job, at most once a number. `ended` where that run is over already: whatever became of it, it has left the
 * job as it was.
 */
export async function startJob(
  temporal: Temporal,
  { jobId, dispatch, traceParent }: ClaimedJob,
  rules: JobRules,
): Promise<'runs' | 'ended'> {
  const { name: type, queue, short, attemptTimeoutMs, deadlineMs, retry } = rules;
  const policy = { type, queue, short, attemptTimeoutMs, deadlineMs, backoff: retry.backoff };
  const input: JobInput = { version: 1, jobId, dispatch, policy };
  try {
    await temporal.client.workflow.start(jobWorkflowType, {
      args: [input],
      workflowId: jobWorkflowId(jobId, dispatch),
      taskQueue: jobsTaskQueue,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: workflowTaskTimeoutMs,
      staticSummary: `Job · ${type}`,
      ...(traceParent !== null && { memo: { traceParent } }),
    });
    return 'runs';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    throw error;
  }
}
