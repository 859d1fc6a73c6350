import { z } from 'zod';
import { randomHex } from '../shared/ids.ts';
import { deliveryProblems } from './addresses.ts';
import { EasyPostFailure, invalidField } from './errors.ts';
import type { PostageLabel, Rate, Shipment } from './objects.ts';
import { readParams } from './params.ts';
import { orderOf, shipmentNamed } from './shipments.ts';
import type { Store, Transaction } from './store.ts';
import { newTracker, trackingCodeFor } from './trackers.ts';

const params = z.object({ rate: z.object({ id: z.string() }) });

/** POST /v2/shipments/:id/buy. There are no idempotency keys: a shipment that has its postage refuses a second. */
export function buyShipment(
  id: string,
  body: unknown,
  store: Store,
  transaction: Transaction,
  firstMoveAt: number | null,
): Shipment {
  const shipment = shipmentNamed(id, store);
  const { rate } = readParams(params, body);
  if (shipment.postage_label) {
    throw new EasyPostFailure(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.');
  }
  const chosen = shipment.rates.find((one) => one.id === rate.id);
  if (!chosen) throw invalidField('rate', 'is invalid');
  const problems = deliveryProblems(shipment.to_address);
  if (problems.length > 0) {
    const message = `Unable to buy ${chosen.carrier} postage: Address not found.`;
    throw new EasyPostFailure(422, 'SHIPMENT.POSTAGE.FAILURE', message, problems);
  }
  return purchase(shipment, chosen, transaction, firstMoveAt);
}

function purchase(
  shipment: Shipment,
  rate: Rate,
  transaction: Transaction,
  firstMoveAt: number | null,
): Shipment {
  const orderId = orderOf(shipment);
  const trackingCode = trackingCodeFor(rate.carrier);
  const tracker = newTracker({
    trackingCode,
    carrier: rate.carrier,
    shipmentId: shipment.id,
    weight: shipment.parcel.weight,
    days: rate.delivery_days,
  });
  const now = new Date().toISOString();
  const bought: Shipment = {
    ...shipment,
    updated_at: now,
    selected_rate: rate,
    postage_label: newLabel(now),
    tracking_code: trackingCode,
    fees: [
      { object: 'Fee', type: 'LabelFee', amount: '0.00000', charged: true, refunded: false },
      { object: 'Fee', type: 'PostageFee', amount: `${rate.rate}000`, charged: true, refunded: false },
    ],
  };
  transaction.put({
    shipments: bought,
    trackers: tracker,
    journeys: { id: tracker.id, orderId, nextAt: firstMoveAt, held: false },
  });
  transaction.effect({
    kind: 'shipment.label_bought',
    id: shipment.id,
    orderId,
    key: shipment.reference,
    details: {
      trackingCode,
      trackerId: tracker.id,
      carrier: rate.carrier,
      service: rate.service,
      rate: rate.rate,
    },
  });
  transaction.event({ description: 'tracker.created', result: tracker, previous: {}, orderId });
  return bought;
}

function newLabel(now: string): PostageLabel {
  const id = randomHex(32);
  return {
    object: 'PostageLabel',
    id: `pl_${id}`,
    created_at: now,
    updated_at: now,
    date_advance: 0,
    integrated_form: 'none',
    label_date: now,
    label_resolution: 300,
    label_size: '4x6',
    label_type: 'default',
    label_file_type: 'image/png',
    label_url: `https://easypost-files.example/files/postage_label/${id}.png`,
    label_pdf_url: null,
    label_zpl_url: null,
    label_epl2_url: null,
    label_file: null,
  };
}
