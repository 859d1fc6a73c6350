/**
 * Every id and idempotency key of the saga. All of them follow from the order's id, so that a retry, a replay and an
 * undo address the same thing without being told anything else.
 */

/** The workflow of an order; started at most once (law 2). */
export function orderWorkflowId(orderId: string): string {
  return `order-${orderId}`;
}

const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const wholeUuid = new RegExp(`^${uuidPattern}$`);

/** Whether this can be an order's id. */
export function isOrderId(text: string): boolean {
  return wholeUuid.test(text);
}

const orderInId = new RegExp(`^(?:order|notice)-(${uuidPattern})(?:-|$)`);

/** The order that a workflow or a standalone activity is about, or null when its id names none. */
export function orderIdOf(executionId: string): string | null {
  return orderInId.exec(executionId)?.[1] ?? null;
}

/** The standalone activity that sends a notice: one per order and kind. */
export function noticeActivityId(orderId: string, kind: string): string {
  return `notice-${orderId}-${kind}`;
}

/** A stable Message-ID, so that a repeated mail is known as the same one (RFC 5322, 3.6.4). */
export function noticeMessageId(orderId: string, kind: string, domain: string): string {
  return `<${kind}.${orderId}@${domain}>`;
}

/** Turns at a webhook's destination follow each other, one at a time. */
export function webhooksWorkflowId(destinationId: string): string {
  return `webhooks-${destinationId}`;
}

/** A run of a job: one each time that the job is taken out of its queue, of which the newest counts. */
export function jobWorkflowId(jobId: string, dispatch: number): string {
  return `job-${jobId}-${dispatch}`;
}

/** The run in which a batch of short jobs has its first attempts. */
export function batchWorkflowId(batch: string): string {
  return `jobs-${batch}`;
}

/**
 * What the keys begin with that the service gives to jobs of its own, which share their space with those of clients. Clients
 * are kept out of it: else one could take a tick's place, or hold it up.
 */
export const ownJobKeys = 'schedule:';

/** The ordering key of a schedule's jobs. */
export function scheduleOrderingKey(scheduleId: string): string {
  return `${ownJobKeys}${scheduleId}`;
}

/** The unique key of the one job of a schedule's tick. */
export function tickUniqueKey(scheduleId: string, tick: string): string {
  return `${scheduleOrderingKey(scheduleId)}:${tick}`;
}

/** Of all ids that are made at that time or later, none sorts before this one (RFC 9562, 5.7). There is none before 1970. */
export function oldestIdAt(time: Date): string {
  const hex = Math.max(time.getTime(), 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Operators are told of each alert by a run of its own. */
export function alertWorkflowId(alertId: string): string {
  return `alert-${alertId}`;
}

/** A summary is mailed by a job of its own. */
export function summaryMessageId(jobId: string, domain: string): string {
  return `<summary.${jobId}@${domain}>`;
}

export function alertMessageId(alertId: string, domain: string): string {
  return `<alert.${alertId}@${domain}>`;
}

/** Of a mail to somebody who has registered. */
export function userMessageId(userId: string, kind: string, domain: string): string {
  return `<${kind}.${userId}@${domain}>`;
}

/**
 * A provider's idempotency key. `generation` goes up only when the provider has burnt the key: a stored failure
 * or a key it has forgotten (law 6).
 */
export function providerKey(orderId: string, call: ProviderCall, generation: number): string {
  return `${orderWorkflowId(orderId)}.${call}.${generation}`;
}

/**
 * The reconciler's key for an intent that no order goes on with; `attempt` is new each time. It looks before each call, and
 * an intent is cancelled once and never refunded beyond what was taken, so a key that is burnt must not stand in its way.
 */
export function reconcilerKey(intentId: string, call: 'cancel' | 'refund', attempt: string): string {
  return `reconcile-${intentId}.${call}.${attempt}`;
}

export type ProviderCall = 'create' | 'confirm' | 'capture' | 'cancel' | 'refund';

/** Our reference on a shipment; EasyPost has no idempotency keys, so it is looked up by this. */
export function shipmentReference(orderId: string, warehouse: string): string {
  return `${orderWorkflowId(orderId)}.${warehouse}`;
}
