import {
  CancellationScope,
  isCancellation,
  ParentClosePolicy,
  startChild,
  TemporalFailure,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { jobWorkflowId } from '../../domain/ids.ts';
import { shortAttempts } from '../activities.ts';
import type { job } from './job.ts';
import { jobWorkflowType, type BatchedJob, type BatchInput, type JobInput } from './messages.ts';

/** The first attempts of short jobs, all at once. One that needs another attempt gets a run of its own for that. */
export async function jobs({ jobs: batch, policies }: BatchInput): Promise<void> {
  await Promise.all(batch.map((one) => tryOne(one, policies)));
}

async function tryOne(batched: BatchedJob, policies: BatchInput['policies']): Promise<void> {
  const { jobId, dispatch, type, traceParent } = batched;
  const policy = policies[type];
  if (!policy) throw new Error(`a job of type ${type} came without its policy`);
  const afterMs = await untilNextAttempt(batched);
  if (afterMs === null) return;
  const input: JobInput = { version: 1, jobId, dispatch, policy, afterMs };
  await CancellationScope.nonCancellable(async () => {
    try {
      await startChild<typeof job>(jobWorkflowType, {
        args: [input],
        workflowId: jobWorkflowId(jobId, dispatch),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Job · ${type}`,
        ...(traceParent !== undefined && { memo: { traceParent } }),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
}

/** Makes the first attempt. Gives the wait until the next one, in milliseconds; null where none is wanted. */
async function untilNextAttempt({ jobId, dispatch, type }: BatchedJob): Promise<number | null> {
  try {
    const attempted = await shortAttempts.tryJob({ jobId, dispatch, type });
    return typeof attempted === 'string' ? null : attempted.retryInMs;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    // What was cancelled before it began is put back into the queue.
    return isCancellation(error) ? null : 0;
  }
}
