import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { noticeWorkflowId } from '../../domain/ids.ts';
import type { NoticeKind } from '../../domain/notice.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { noticeWorkflowType, type NoticeInput } from '../../workflows/notice/messages.ts';
import { ordersTaskQueue } from '../../workflows/order/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/** Starts the durable run that sends a mail; each mail of an order has one run, ever. */
export async function startNotice(temporal: Temporal, orderId: string, kind: NoticeKind): Promise<void> {
  const input: NoticeInput = { version: 1, orderId, kind };
  try {
    await temporal.client.workflow.start(noticeWorkflowType, {
      args: [input],
      workflowId: noticeWorkflowId(orderId, kind),
      taskQueue: ordersTaskQueue,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: workflowTaskTimeoutMs,
      staticSummary: `Mail · ${kind}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
