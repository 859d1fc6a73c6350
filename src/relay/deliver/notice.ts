import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { NoticePayload } from '../../db/outbox.ts';
import { noticeWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { noticeWorkflowType, type NoticeInput } from '../../workflows/notice/messages.ts';
import { ordersTaskQueue } from '../../workflows/order/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/** Starts the durable run that sends a mail; each mail of an order has one run, ever, unless that one was lost. */
export async function startNotice(
  temporal: Temporal,
  orderId: string,
  { notice: kind, again = false }: NoticePayload,
): Promise<void> {
  const input: NoticeInput = { version: 1, orderId, kind };
  try {
    await temporal.client.workflow.start(noticeWorkflowType, {
      args: [input],
      workflowId: noticeWorkflowId(orderId, kind),
      taskQueue: ordersTaskQueue,
      workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: workflowTaskTimeoutMs,
      staticSummary: `Mail · ${kind}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
