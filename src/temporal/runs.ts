import proto from '@temporalio/proto';
import { orderIdOf } from '../domain/ids.ts';
import type { Run, Runs } from '../domain/run.ts';
import { orderWorkflowType } from '../workflows/order/messages.ts';
import type { Temporal } from './connection.ts';
import { grpcCode, grpcCodeOf } from './grpc.ts';

const { ActivityExecutionStatus, WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

const statuses: Readonly<Record<number, Run['status']>> = {
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING]: 'running',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'completed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED]: 'failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'cancelled',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'terminated',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'timed_out',
};

const activityStatuses: Readonly<Record<number, Run['status']>> = {
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_RUNNING]: 'running',
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_COMPLETED]: 'completed',
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_FAILED]: 'failed',
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_CANCELED]: 'cancelled',
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_TERMINATED]: 'terminated',
  [ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_TIMED_OUT]: 'timed_out',
};

/** How long one question to Temporal may take. */
const questionTimeoutMs = 5_000;

/** Tells of runs by asking Temporal: one by one from its histories, many at once from its visibility, which lags. */
export function createRuns(temporal: Temporal): Runs {
  const { client, namespace } = temporal;
  const { workflowService } = client;
  return {
    async find(workflowId) {
      const found = await askAbout(() =>
        workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
      );
      if (found === null) return null;
      const { workflowExecutionInfo: info, pendingWorkflowTask } = found;
      return {
        runId: info?.execution?.runId ?? '',
        status: statuses[info?.status ?? 0] ?? 'running',
        taskAttempts: pendingWorkflowTask?.attempt ?? 0,
      };
    },

    async findActivity(activityId) {
      const found = await askAbout(() =>
        workflowService.describeActivityExecution({ namespace, activityId }),
      );
      return found && (activityStatuses[found.info?.status ?? 0] ?? 'running');
    },

    async lostSince(since, limit) {
      const query = `WorkflowType = '${orderWorkflowType}' and CloseTime > '${since.toISOString()}'
        and ExecutionStatus in ('Terminated', 'Failed', 'TimedOut', 'Canceled')`;
      const { executions } = await temporal.withTimeout(questionTimeoutMs, () =>
        workflowService.listWorkflowExecutions({ namespace, query, pageSize: limit }),
      );
      const ids = executions.map(({ execution }) => orderIdOf(execution?.workflowId ?? ''));
      return ids.filter((id) => id !== null);
    },
  };

  /** Null when Temporal knows of no such thing. */
  async function askAbout<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      return await temporal.withTimeout(questionTimeoutMs, question);
    } catch (error) {
      if (grpcCodeOf(error) === grpcCode.notFound) return null;
      throw error;
    }
  }
}
