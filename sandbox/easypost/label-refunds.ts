import { randomHex } from '../shared/ids.ts';
import { EasyPostFailure } from './errors.ts';
import type { Shipment, TrackerStatus } from './objects.ts';
import { orderOf, shipmentNamed } from './shipments.ts';
import type { Store, Transaction } from './store.ts';

const beforeHandOver: readonly TrackerStatus[] = ['unknown', 'pre_transit'];

/** POST /v2/shipments/:id/refund: asks for the label's money back, which the carrier settles later. */
export function refundShipment(
  id: string,
  store: Store,
  transaction: Transaction,
  settlesAt: number | null,
): Shipment {
  const shipment = shipmentNamed(id, store);
  if (!shipment.postage_label) {
    throw new EasyPostFailure(
      422,
      'SHIPMENT.POSTAGE.REQUIRED',
      'Postage is required to refund this shipment.',
    );
  }
  const tracker = store.trackerByCode(shipment.tracking_code ?? '');
  if (shipment.refund_status === null && tracker && !beforeHandOver.includes(tracker.status)) {
    const message = 'Unable to request refund. The parcel has been shipped.';
    throw new EasyPostFailure(422, 'SHIPMENT.REFUND.UNAVAILABLE', message);
  }
  if (shipment.refund_status === 'submitted' || shipment.refund_status === 'refunded') {
    const message = 'Unable to request refund. The refund has already been requested.';
    throw new EasyPostFailure(422, 'SHIPMENT.REFUND.UNAVAILABLE', message);
  }
  const submitted: Shipment = {
    ...shipment,
    refund_status: 'submitted',
    updated_at: new Date().toISOString(),
  };
  const orderId = orderOf(shipment);
  transaction.put({ shipments: submitted, pendingRefunds: { id: shipment.id, settlesAt } });
  // A label that is given back never reaches the carrier's hands.
  if (tracker) transaction.put({ journeys: { id: tracker.id, orderId, nextAt: null, held: true } });
  transaction.effect({
    kind: 'shipment.refund_submitted',
    id: shipment.id,
    orderId,
    key: shipment.reference,
    details: { trackingCode: shipment.tracking_code },
  });
  return submitted;
}

/** The carrier gives the money back. */
export function settleRefund(shipmentId: string, store: Store): void {
  const shipment = shipmentNamed(shipmentId, store);
  const orderId = orderOf(shipment);
  const now = new Date().toISOString();
  store.transact((transaction) => {
    transaction.put({
      shipments: {
        ...shipment,
        refund_status: 'refunded',
        updated_at: now,
        fees: shipment.fees.map((fee) => ({ ...fee, refunded: true })),
      },
      pendingRefunds: { id: shipmentId, settlesAt: null },
    });
    transaction.effect({
      kind: 'shipment.label_refunded',
      id: shipmentId,
      orderId,
      key: shipment.reference,
      details: { trackingCode: shipment.tracking_code },
    });
    transaction.event({
      description: 'refund.successful',
      result: refundObject(shipment, now),
      previous: { status: 'submitted' },
      orderId,
    });
  });
}

function refundObject(shipment: Shipment, now: string) {
  return {
    id: `rfnd_${randomHex(32)}`,
    object: 'Refund',
    created_at: now,
    updated_at: now,
    tracking_code: shipment.tracking_code,
    confirmation_number: null,
    status: 'refunded',
    carrier: shipment.selected_rate?.carrier ?? null,
    shipment_id: shipment.id,
  };
}
