import { isGrpcServiceError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { Temporal } from '../temporal/connection.ts';
import { Problem } from './errors.ts';
import { currentDetailsTimeoutMs, describeTimeoutMs, retryAfterUnavailableSeconds } from './limits.ts';

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
  temporal: Pick<Temporal, 'client' | 'withTimeout'>,
  workflowId: string,
): Promise<RunView | null> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  // Both at once: a worker that does not answer must not come on top of the description.
  const [description, currentDetails] = await Promise.all([
    temporal.withTimeout(describeTimeoutMs, () => describe(handle)),
    temporal.withTimeout(currentDetailsTimeoutMs, () => readCurrentDetails(handle)),
  ]);
  return description && { ...description, currentDetails };
}

async function describe(handle: WorkflowHandle): Promise<Omit<RunView, 'currentDetails'> | null> {
  try {
    const { runId, status, historyLength, raw } = await handle.describe();
    // Of a run that was ended from outside Temporal goes on to show what was pending then.
    const pending = status.name === 'RUNNING' ? (raw.pendingActivities ?? []) : [];
    const pendingActivities = pending.map((one) => ({
      type: one.activityType?.name ?? 'unknown',
      attempt: one.attempt ?? 1,
      lastFailure: one.lastFailure?.message ?? null,
    }));
    return { runId, executionStatus: status.name, historyLength, pendingActivities };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    if (!isGrpcServiceError(error) && !hasGrpcCause(error)) throw error;
    throw new Problem('temporal-unavailable', undefined, {
      headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
      cause: error,
    });
  }
}

async function readCurrentDetails(handle: WorkflowHandle): Promise<string | null> {
  try {
    const metadata = await handle.query<{ currentDetails?: string }>(metadataQuery);
    return metadata.currentDetails ?? null;
  } catch {
    return null;
  }
}

function hasGrpcCause(error: unknown): boolean {
  return error instanceof Error && isGrpcServiceError(error.cause);
}
