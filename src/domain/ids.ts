/**
 * Every id and idempotency key of the saga. All of them follow from the order's id, so that a retry, a replay and an
 * undo address the same thing without being told anything else.
 */

/** The workflow of an order; started at most once (law 2). */
export function orderWorkflowId(orderId: string): string {
  return `order-${orderId}`;
}

const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const orderInWorkflowId = new RegExp(`^(?:order|notice)-(${uuidPattern})(?:-|$)`);

/** The order that a workflow is about, or null when its id names none. */
export function orderIdOfWorkflow(workflowId: string): string | null {
  return orderInWorkflowId.exec(workflowId)?.[1] ?? null;
}

/** A notice is told once per order and kind. */
export function noticeWorkflowId(orderId: string, kind: string): string {
  return `notice-${orderId}-${kind}`;
}

/** A stable Message-ID, so that a repeated mail is known as the same one (RFC 5322, 3.6.4). */
export function noticeMessageId(orderId: string, kind: string, domain: string): string {
  return `<${kind}.${orderId}@${domain}>`;
}

/**
 * A provider's idempotency key. `generation` goes up only when the provider has burnt the key: a stored failure
 * or a key it has forgotten (law 6).
 */
export function providerKey(orderId: string, call: ProviderCall, generation: number): string {
  return `${orderWorkflowId(orderId)}.${call}.${generation}`;
}

export type ProviderCall = 'create' | 'confirm' | 'capture' | 'cancel' | 'refund';

/** Our reference on a shipment; EasyPost has no idempotency keys, so it is looked up by this. */
export function shipmentReference(orderId: string, warehouse: string): string {
  return `${orderWorkflowId(orderId)}.${warehouse}`;
}
