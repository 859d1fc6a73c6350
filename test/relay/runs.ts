import { orderWorkflowId } from '../../src/domain/ids.ts';
import type { Temporal } from '../../src/temporal/connection.ts';

/** The status of the order's run; null when it has none. */
export async function statusOf({ client }: Temporal, orderId: string): Promise<string | null> {
  try {
    const { status } = await client.workflow.getHandle(orderWorkflowId(orderId)).describe();
    return status.name;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return null;
    throw error;
  }
}

/** What the order's run was signalled, in its order: `tracking in_transit`. */
export async function signalsOf({ client }: Temporal, orderId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(orderWorkflowId(orderId)).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (!signal) return [];
    const args = (signal.input?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString());
    return [[signal.signalName, ...args].join(' ')];
  });
}
