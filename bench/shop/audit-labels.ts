import type { OrderLabels } from '../../sandbox/easypost/summary.ts';
import type { AuditedOrder } from './audited-order.ts';

/** Everything that is wrong between EasyPost's books and ours; every order has ended. */
export function auditLabels(orders: readonly AuditedOrder[], labels: readonly OrderLabels[]): string[] {
  const byOrder = new Map(labels.map((one) => [one.orderId, one]));
  const known = new Set(orders.map(({ id }) => id));
  const strays = labels
    .filter(({ orderId, labelsBought }) => labelsBought > 0 && !(orderId !== null && known.has(orderId)))
    .map(({ orderId }) => `a label without an order (${orderId})`);
  return [...strays, ...orders.flatMap((order) => auditLabel(order, byOrder.get(order.id)))];
}

function auditLabel(order: AuditedOrder, labels: OrderLabels | undefined): string[] {
  const { labelsBought = 0, labelsRefunded = 0, trackingCodes = [] } = labels ?? {};
  const problems: string[] = [];
  if (labelsBought > 1) problems.push(`has ${labelsBought} labels`);
  if (order.status === 'completed') {
    if (labelsBought - labelsRefunded !== 1) problems.push('was delivered without a label');
    if (!trackingCodes.includes(order.trackingCode ?? ''))
      problems.push('has another tracking code than its label');
  } else if (labelsBought !== labelsRefunded && order.labelRefund !== 'rejected') {
    // The carrier may have had the parcel already when the cancel was accepted: then there is no refund to be had.
    problems.push('still has a label');
  }
  return problems.map((problem) => `${order.status} order ${order.id} ${problem}`);
}
