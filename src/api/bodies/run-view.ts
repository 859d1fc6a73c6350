import type { Client, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Temporal } from '../../temporal/connection.ts';
import { grpcCode, grpcCodeOf } from '../../temporal/grpc.ts';
import { messageOfFailure } from '../../temporal/payloads.ts';
import { Problem } from '../problems/errors.ts';
import { currentDetailsTimeoutMs, describeTimeoutMs, retryAfterUnavailableSeconds } from '../limits.ts';

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

/** A workflow run as Temporal sees it. */
export interface RunView {
  readonly runId: string;
  /** `RUNNING`, `COMPLETED`, … */
  readonly executionStatus: string;
  /** Null when no worker answers. */
  readonly currentDetails: string | null;
  readonly pendingActivities: { type: string; attempt: number; lastFailure: string | null }[];
  readonly historyLength: number;
}

/** The built-in query that gives what the workflow shows in the Web UI. */
const metadataQuery = '__temporal_workflow_metadata';

/** The newest run of a workflow, or null where there is none; a `temporal-unavailable` problem when Temporal is away. */
export async function viewRun(
  temporal: Pick<Temporal, 'client' | 'namespace' | 'withTimeout'>,
  workflowId: string,
): Promise<RunView | null> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  // Both at once: a worker that does not answer must not come on top of the description.
  const [description, currentDetails] = await Promise.all([
    temporal.withTimeout(describeTimeoutMs, () => describe(temporal, workflowId)),
    temporal.withTimeout(currentDetailsTimeoutMs, () => readCurrentDetails(handle)),
  ]);
  return description && { ...description, currentDetails };
}

/** Not by the handle, which opens the memo as well and fails where its key is missing. */
async function describe(
  { client, namespace }: Pick<Temporal, 'client' | 'namespace'>,
  workflowId: string,
): Promise<Omit<RunView, 'currentDetails'> | null> {
  try {
    const description = await client.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId },
    });
    const { workflowExecutionInfo: info, pendingActivities } = description;
    const executionStatus = statusName(info?.status);
    // Of a run that was ended from outside Temporal goes on to show what was pending then.
    const pending = executionStatus === 'RUNNING' ? pendingActivities : [];
    return {
      runId: info?.execution?.runId ?? '',
      executionStatus,
      historyLength: Number(info?.historyLength ?? 0),
      pendingActivities: await Promise.all(pending.map((one) => viewActivity(client, one))),
    };
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code === grpcCode.notFound) return null;
    if (code === undefined) throw error;
    throw new Problem('temporal-unavailable', undefined, {
      headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
      cause: error,
    });
  }
}

/** `RUNNING`, with the spelling that the SDK has. */
function statusName(status: proto.temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined): string {
  const name = WorkflowExecutionStatus[status ?? 0] ?? 'UNKNOWN';
  return name.replace('WORKFLOW_EXECUTION_STATUS_', '').replace('CANCELED', 'CANCELLED');
}

async function viewActivity(
  client: Client,
  { activityType, attempt, lastFailure }: proto.temporal.api.workflow.v1.IPendingActivityInfo,
): Promise<RunView['pendingActivities'][number]> {
  return {
    type: activityType?.name ?? 'unknown',
    attempt: attempt ?? 1,
    lastFailure: lastFailure ? await messageOfFailure(client.options.loadedDataConverter, lastFailure) : null,
  };
}

async function readCurrentDetails(handle: WorkflowHandle): Promise<string | null> {
  try {
    const metadata = await handle.query<{ currentDetails?: string }>(metadataQuery);
    return metadata.currentDetails ?? null;
  } catch {
    return null;
  }
}
