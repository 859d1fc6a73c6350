/**
 * The task queues, each with slots of its own, so that what waits in one takes none from another: orders; mails to customers;
 * outgoing webhooks; light jobs and heavy ones; what keeps the service itself in order.
 */
export const queueNames = ['orders', 'notices', 'webhooks', 'jobs', 'heavy', 'maintenance'] as const;
export type QueueName = (typeof queueNames)[number];

export function isQueueName(text: string): text is QueueName {
  return (queueNames as readonly string[]).includes(text);
}
