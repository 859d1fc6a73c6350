/** What the reconciler repairs by itself. */
export const repairKinds = [
  'order_without_run',
  'run_lost',
  'payment_of_ended_order',
  'second_payment',
  'hold_of_ended_order',
  'stock_of_ended_order',
  'label_refund',
  'late_label',
  'parcel_news',
  'notice_owed',
  'job_run_lost',
  'job_line_stalled',
] as const;
export type RepairKind = (typeof repairKinds)[number];

/** What only a person may decide; such a finding stays open until a pass no longer sees it. */
export const personKinds = [
  'run_lost_again',
  'run_stalled',
  'job_run_stalled',
  'authorization_expires',
  'payment_of_unknown_order',
  'payment_not_given_back',
  'outbox_poisoned',
  'imbalance',
] as const;
export type PersonKind = (typeof personKinds)[number];

/** Something that the reconciler found. `facts` holds ids, codes and amounts, never personal data. */
export interface Finding<Kind extends string = RepairKind | PersonKind> {
  readonly kind: Kind;
  /** What it is about: an order's id, an intent's, a stock row. */
  readonly subject: string;
  readonly orderId: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  /** True where operators are told of it another way. */
  readonly isTold?: boolean;
}

/** How the reconciler looks. Times are in milliseconds. */
export interface ReconcilerLimits {
  /** How long an order has to be without progress before its run is looked for. */
  readonly quietMs: number;
  /** How many orders, parcels or notices one pass looks at of each. */
  readonly batchSize: number;
  /** How far each look reaches back behind the one before: for clocks that differ and lists that lag. */
  readonly overlapMs: number;
  /** How long before its expiry an authorization that is not captured needs a person. */
  readonly expiryMarginMs: number;
  /** How long a parcel may be without news before the carrier is asked; the same for a label's refund. */
  readonly silenceMs: number;
  /** What is looked through as a whole then rests this many times as long as the look took. */
  readonly restFactor: number;
}
