import type { Linked } from '../shop/open-shop.ts';

/** A point in the API's own work, told by what it is about to send or has just sent. */
export interface ApiPoint {
  readonly activity: ApiDeed;
  readonly where: string;
  readonly to: Linked;
  /** In statements, or in a call of Temporal, one after the other on one connection. */
  readonly texts: readonly string[];
  readonly when: 'before' | 'after';
}

export type ApiDeed =
  'POST /orders' | 'start of the run' | 'POST /webhooks/easypost' | 'POST /orders/{id}/cancel';

/** Workflow ids begin like this: a UUIDv7 of our time begins with a zero. */
const anOrder = 'order-0';
const acceptance = 'insert into orders';

export const apiPoints: readonly ApiPoint[] = [
  point('POST /orders', 'before the commit', 'postgres', 'before', [acceptance]),
  // One statement is the whole transaction.
  point('POST /orders', 'after the commit', 'postgres', 'after', [acceptance]),
  point('start of the run', 'before the call', 'temporal', 'before', [anOrder]),
  point('start of the run', 'after the call', 'temporal', 'after', [anOrder]),
  ...transaction('POST /webhooks/easypost', 'insert into provider_events'),
  ...transaction('POST /orders/{id}/cancel', 'insert into order_commands'),
];

function transaction(activity: ApiDeed, statement: string): ApiPoint[] {
  return [
    point(activity, 'before the commit', 'postgres', 'before', [statement, 'commit']),
    point(activity, 'after the commit', 'postgres', 'after', [statement, 'commit']),
  ];
}

function point(
  activity: ApiDeed,
  where: string,
  to: Linked,
  when: ApiPoint['when'],
  texts: readonly string[],
): ApiPoint {
  return { activity, where, to, texts, when };
}
