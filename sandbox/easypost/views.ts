import type { Shipment, Tracker } from './objects.ts';
import type { Store } from './store.ts';

/** A shipment as the API shows it: with its tracker as it is now. */
export function shipmentView(shipment: Shipment, store: Store): Shipment & { tracker: Tracker | null } {
  const tracker = shipment.tracking_code === null ? undefined : store.trackerByCode(shipment.tracking_code);
  return { ...shipment, tracker: tracker ?? null };
}
