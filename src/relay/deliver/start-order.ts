import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { StartOrderPayload } from '../../db/outbox.ts';
import { orderWorkflowId } from '../../domain/ids.ts';
import { format } from '../../domain/money.ts';
import type { Temporal } from '../../temporal/connection.ts';
import {
  orderWorkflowType,
  ordersTaskQueue,
  searchAttributes,
  type OrderInput,
} from '../../workflows/order/messages.ts';
import { workflowTaskTimeoutMs } from '../limits.ts';

/**
 * Starts the order's workflow, at most once ever (law 2), and again only to resume a run that was lost. Gives its run;
 * null when it has run and ended before.
 */
export async function startOrder(
  temporal: Temporal,
  orderId: string,
  payload: StartOrderPayload,
): Promise<string | null> {
  const { policy, resume = false } = payload;
  const input: OrderInput = { version: 1, orderId, policy, ...(resume && { resume }) };
  try {
    const handle = await temporal.client.workflow.start(orderWorkflowType, {
      args: [input],
      workflowId: orderWorkflowId(orderId),
      taskQueue: ordersTaskQueue,
      workflowIdReusePolicy: resume ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: workflowTaskTimeoutMs,
      typedSearchAttributes: attributesOf(payload),
      staticSummary: summaryOf(payload),
      ...(payload.traceParent !== null && { memo: { traceParent: payload.traceParent } }),
    });
    return handle.firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

function attributesOf(payload: StartOrderPayload): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: searchAttributes.orderStatus, value: 'processing' },
    { key: searchAttributes.waitingOn, value: 'none' },
    { key: searchAttributes.needsAttention, value: false },
    { key: searchAttributes.customerId, value: payload.customerId },
    { key: searchAttributes.orderTotalMinor, value: payload.totalMinor },
  ]);
}

function summaryOf({ pieces, totalMinor, currency, resume }: StartOrderPayload): string {
  const size = `${pieces} ${pieces === 1 ? 'piece' : 'pieces'}`;
  const total = format({ amountMinor: totalMinor, currency });
  return `Order · ${size} · ${total}${resume ? ' · resumed' : ''}`;
}
