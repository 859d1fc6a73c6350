import { webhooksWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { ordersTaskQueue } from '../../workflows/order/messages.ts';
import { webhooksWorkflowType, type WebhooksInput } from '../../workflows/webhooks/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/** Begins a turn at a destination, unless one is under way. */
export async function startTurn(temporal: Temporal, destinationId: string): Promise<void> {
  const input: WebhooksInput = { version: 1, destinationId };
  await temporal.client.workflow.start(webhooksWorkflowType, {
    args: [input],
    workflowId: webhooksWorkflowId(destinationId),
    taskQueue: ordersTaskQueue,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: workflowTaskTimeoutMs,
    staticSummary: 'Webhooks that are due',
  });
}
