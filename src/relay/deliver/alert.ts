import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { alertWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { alertWorkflowType, type AlertInput } from '../../workflows/alert/messages.ts';
import { ordersTaskQueue } from '../../workflows/order/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/** Starts the durable run that tells the operators; each alert has one, ever. */
export async function startAlert(temporal: Temporal, alertId: string): Promise<void> {
  const input: AlertInput = { version: 1, alertId };
  try {
    await temporal.client.workflow.start(alertWorkflowType, {
      args: [input],
      workflowId: alertWorkflowId(alertId),
      taskQueue: ordersTaskQueue,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: workflowTaskTimeoutMs,
      staticSummary: 'Alert to operators',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
