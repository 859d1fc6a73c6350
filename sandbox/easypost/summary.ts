import { orderOf } from './shipments.ts';
import type { Store } from './store.ts';

/** What was bought for one order, by EasyPost's own books. */
export interface OrderLabels {
  orderId: string | null;
  shipments: number;
  labelsBought: number;
  /** Labels whose money is back or on its way back. */
  labelsRefunded: number;
  trackingCodes: string[];
}

/** One entry for each order that has a shipment; shipments without a reference stand together under null. */
export function orderLabels({ shipments }: Store): OrderLabels[] {
  const byOrder = new Map<string | null, OrderLabels>();
  for (const shipment of shipments.values()) {
    const orderId = orderOf(shipment);
    const labels = byOrder.get(orderId) ?? {
      orderId,
      shipments: 0,
      labelsBought: 0,
      labelsRefunded: 0,
      trackingCodes: [],
    };
    byOrder.set(orderId, labels);
    labels.shipments += 1;
    if (shipment.postage_label) labels.labelsBought += 1;
    if (shipment.refund_status !== null) labels.labelsRefunded += 1;
    if (shipment.tracking_code) labels.trackingCodes.push(shipment.tracking_code);
  }
  return [...byOrder.values()];
}

/** Counts, and the orders that must not exist: one shipment each is all that a single warehouse needs. */
export function summaryOf(store: Store, pendingWebhooks: number): object {
  const labels = orderLabels(store);
  return {
    effects: store.effects.counts(),
    orders: labels.filter(({ orderId }) => orderId !== null).length,
    labelsBought: labels.reduce((sum, { labelsBought }) => sum + labelsBought, 0),
    labelsRefunded: labels.reduce((sum, { labelsRefunded }) => sum + labelsRefunded, 0),
    doubleLabels: labels.filter((one) => one.orderId !== null && one.labelsBought - one.labelsRefunded > 1),
    labelsWithoutOrder: labels.filter((one) => one.orderId === null && one.labelsBought > 0),
    pendingWebhooks,
  };
}
