/** A shipment's status: bought by us, then the words of EasyPost's tracker (docs.easypost.com/docs/trackers). */
export const shipmentStatuses = [
  'label_bought',
  'unknown',
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'available_for_pickup',
  'delivered',
  'return_to_sender',
  'failure',
  'error',
  'cancelled',
] as const;
export type ShipmentStatus = (typeof shipmentStatuses)[number];

export function isShipmentStatus(value: unknown): value is ShipmentStatus {
  return (shipmentStatuses as readonly unknown[]).includes(value);
}

/**
 * How far the parcel is, so that a webhook which comes late or out of order never moves it back.
 * Words that say nothing about the way rank 0.
 */
const progress = {
  label_bought: 0,
  unknown: 0,
  error: 0,
  cancelled: 0,
  pre_transit: 1,
  in_transit: 2,
  available_for_pickup: 3,
  out_for_delivery: 3,
  // A parcel can go wrong at the very door, and arrive at a second try all the same.
  failure: 4,
  return_to_sender: 4,
  delivered: 5,
} as const satisfies Record<ShipmentStatus, number>;

/** True when `to` is news about a parcel last known as `from`; `unknown` is what a new tracker says of itself. */
export function isProgress(from: ShipmentStatus, to: ShipmentStatus): boolean {
  return to !== 'unknown' && from !== to && from !== 'delivered' && progress[to] >= progress[from];
}

/** The carrier has the parcel: from here on a cancel is refused. */
export function isDispatched(status: ShipmentStatus): boolean {
  return progress[status] >= progress.in_transit;
}

/** The carrier has given up on the way there; people have to look. */
export function isInTrouble(status: ShipmentStatus): boolean {
  return status === 'failure' || status === 'return_to_sender';
}
