import { WorkflowExecutionAlreadyStartedError, type WorkflowStartOptions } from '@temporalio/client';
import type { ClaimedJob } from '../../db/jobs/queue.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Temporal } from '../../temporal/connection.ts';
import {
  batchWorkflowType,
  jobsTaskQueue,
  jobWorkflowType,
  type BatchInput,
  type JobInput,
  type JobRunPolicy,
} from '../../workflows/job/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';
import type { Lot } from './lot.ts';

/**
 * Starts a run of a lot, at most once. `ended` where that run is over already: whatever became of it, it has left these jobs as
 * they were.
 */
export async function startLot(
  temporal: Temporal,
  { workflowId, batch, jobs }: Lot,
  rulesOf: (type: string) => JobRules,
): Promise<'runs' | 'ended'> {
  const common = {
    workflowId,
    taskQueue: jobsTaskQueue,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: workflowTaskTimeoutMs,
  } as const satisfies WorkflowStartOptions;
  try {
    if (batch === null) for (const job of jobs) await startJob(temporal, common, job, rulesOf(job.type));
    else await startBatch(temporal, common, jobs, rulesOf);
    return 'runs';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    throw error;
  }
}

async function startJob(
  { client }: Temporal,
  common: WorkflowStartOptions,
  { jobId, type, dispatch, traceParent }: ClaimedJob,
  rules: JobRules,
): Promise<void> {
  const input: JobInput = { version: 1, jobId, dispatch, policy: policyOf(rules) };
  await client.workflow.start(jobWorkflowType, {
    ...common,
    args: [input],
    staticSummary: `Job · ${type}`,
    ...(traceParent !== null && { memo: { traceParent } }),
  });
}

async function startBatch(
  { client }: Temporal,
  common: WorkflowStartOptions,
  jobs: readonly ClaimedJob[],
  rulesOf: (type: string) => JobRules,
): Promise<void> {
  const types = [...new Set(jobs.map(({ type }) => type))];
  const input: BatchInput = {
    version: 1,
    jobs: jobs.map(({ jobId, type, dispatch, traceParent }) => ({
      jobId,
      type,
      dispatch,
      ...(traceParent !== null && { traceParent }),
    })),
    policies: Object.fromEntries(types.map((type) => [type, policyOf(rulesOf(type))])),
  };
  await client.workflow.start(batchWorkflowType, {
    ...common,
    args: [input],
    staticSummary: `${jobs.length} × ${types.join(', ')}`,
  });
}

function policyOf({ name: type, queue, attemptTimeoutMs, deadlineMs, retry }: JobRules): JobRunPolicy {
  return { type, queue, attemptTimeoutMs, deadlineMs, backoff: retry.backoff };
}
