import type { Effect } from '../../sandbox/shared/effects.ts';
import type { OrderBalance } from '../../sandbox/stripe/balances.ts';
import type { AuditedOrder } from './audited-order.ts';

/** What may happen to an order's money once at most, in Stripe's words. */
const onceAtMost = ['payment_intent.confirmed', 'payment_intent.captured', 'refund.created'];

/** Everything that is wrong between Stripe's books and ours; every order has ended. */
export function auditCharges(
  orders: readonly AuditedOrder[],
  balances: readonly OrderBalance[],
  effects: readonly Effect[],
): string[] {
  const byOrder = new Map(balances.map((balance) => [balance.orderId, balance]));
  const known = new Set(orders.map(({ id }) => id));
  const strays = balances
    .filter(({ orderId, charges }) => charges > 0 && !(orderId !== null && known.has(orderId)))
    .map(({ orderId }) => `a charge without an order (${orderId})`);
  return [
    ...strays,
    ...repeated(effects),
    ...orders.flatMap((order) => auditCharge(order, byOrder.get(order.id))),
  ];
}

function auditCharge(order: AuditedOrder, balance: OrderBalance | undefined): string[] {
  const owedMinor = order.status === 'completed' ? order.totalMinor : 0;
  const { charges = 0, heldMinor = 0, capturedMinor = 0, refundedMinor = 0 } = balance ?? {};
  const problems: string[] = [];
  if (charges > 1) problems.push(`is charged ${charges} times`);
  if (heldMinor !== 0) problems.push(`has ended and ${heldMinor} are still held`);
  if (capturedMinor - refundedMinor !== owedMinor)
    problems.push(`owes ${owedMinor} and was charged ${capturedMinor} - ${refundedMinor}`);
  if (capturedMinor !== order.capturedMinor || refundedMinor !== order.refundedMinor)
    problems.push(
      `has ${capturedMinor} - ${refundedMinor} in Stripe's books, ${order.capturedMinor} - ${order.refundedMinor} in ours`,
    );
  if (capturedMinor > 0 && !balance?.paymentIntentIds.includes(order.intentId ?? ''))
    problems.push(`was charged by an intent that it does not know`);
  return problems.map((problem) => `${order.status} order ${order.id} ${problem}`);
}

function repeated(effects: readonly Effect[]): string[] {
  const counts = new Map<string, number>();
  for (const { orderId, kind } of effects) {
    if (!onceAtMost.includes(kind)) continue;
    const what = `${kind} of order ${orderId}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([what, count]) => `${what} happened ${count} times`);
}
