/** What operators are told about, by mail and webhook. */
export const alertTypes = [
  'order.needs_attention',
  'shipment.moves_after_undo',
  'outbox.poisoned',
  'books.imbalance',
  'reconciler.finding',
  'schedule.missed',
  'job.dead',
  'webhook.endpoint_disabled',
  'callback.given_up',
] as const;
export type AlertType = (typeof alertTypes)[number];

/** Something that operators have to know. `facts` holds ids, codes and amounts, never personal data. */
export interface Alert {
  readonly id: string;
  readonly type: AlertType;
  readonly orderId: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly raisedAt: Date;
}
