import { jobWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { grpcCode, grpcCodeOf } from '../../temporal/grpc.ts';

/** Cancels a job's run, at which its handler is told; one that has ended needs no telling. */
export async function cancelJobRun(
  temporal: Temporal,
  entryId: number,
  { jobId, dispatch }: { readonly jobId: string; readonly dispatch: number },
): Promise<void> {
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
    if (grpcCodeOf(error) !== grpcCode.notFound) throw error;
  }
}
