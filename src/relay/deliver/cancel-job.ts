import type { CancelJobMessage } from '../../db/outbox.ts';
import { batchWorkflowId, jobWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { grpcCode, grpcCodeOf } from '../../temporal/grpc.ts';
import { createRuns } from '../../temporal/runs.ts';

/**
 * Cancels a job's run, at which its handler is told; one that has ended needs no telling. Fails with `NOT_FOUND` while the run is
 * still to be started by that of a batch: it would wait for an attempt that nobody wants.
 */
export async function cancelJobRun(
  temporal: Temporal,
  entryId: number,
  { jobId, dispatch, startedBy }: CancelJobMessage['payload'],
): Promise<void> {
  const mayStillBeStarted = startedBy && (await isRunning(temporal, batchWorkflowId(startedBy)));
  const { client, namespace } = temporal;
  try {
    await client.workflowService.requestCancelWorkflowExecution({
      namespace,
      identity: client.options.identity,
      workflowExecution: { workflowId: jobWorkflowId(jobId, dispatch) },
      requestId: `outbox-${entryId}`,
      reason: 'a cancel was accepted',
    });
  } catch (error) {
    if (grpcCodeOf(error) !== grpcCode.notFound || mayStillBeStarted) throw error;
  }
}

async function isRunning(temporal: Temporal, workflowId: string): Promise<boolean> {
  return (await createRuns(temporal).find(workflowId))?.status === 'running';
}
