import { z } from 'zod';
import { orderIdIn, randomHex } from '../shared/ids.ts';
import { addressParams, newAddress, type AddressParams } from './addresses.ts';
import { invalidField, notFound } from './errors.ts';
import type { Address, Parcel, Shipment } from './objects.ts';
import { readParams } from './params.ts';
import { ratesFor } from './rates.ts';
import type { Store, Transaction } from './store.ts';

const parcelParams = z.object({
  length: z.coerce.number().positive().nullish(),
  width: z.coerce.number().positive().nullish(),
  height: z.coerce.number().positive().nullish(),
  predefined_package: z.string().nullish(),
  weight: z.coerce.number().positive(),
});

const params = z.object({
  shipment: z.object({
    reference: z.string().max(500).nullish(),
    to_address: addressParams,
    from_address: addressParams,
    parcel: parcelParams,
    is_return: z.boolean().nullish(),
    options: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** POST /v2/shipments: a shipment with its rates; nothing is bought yet. */
export function createShipment(body: unknown, store: Store, transaction: Transaction): Shipment {
  const given = readParams(params, body).shipment;
  const to = addressOf(given.to_address, 'to_address', store);
  const from = addressOf(given.from_address, 'from_address', store);
  const id = `shp_${randomHex(32)}`;
  const now = new Date().toISOString();
  const shipment: Shipment = {
    id,
    object: 'Shipment',
    mode: 'test',
    created_at: now,
    updated_at: now,
    reference: given.reference ?? null,
    to_address: to,
    from_address: from,
    return_address: from,
    buyer_address: to,
    parcel: newParcel(given.parcel, now),
    customs_info: null,
    rates: ratesFor(id, given.parcel.weight, to.country),
    messages: [],
    options: { currency: 'USD', payment: { type: 'SENDER' }, date_advance: 0, ...given.options },
    is_return: given.is_return ?? false,
    selected_rate: null,
    postage_label: null,
    tracking_code: null,
    status: 'unknown',
    refund_status: null,
    fees: [],
    forms: [],
    insurance: null,
    scan_form: null,
    order_id: null,
    batch_id: null,
    batch_status: null,
    batch_message: null,
    usps_zone: 4,
  };
  transaction.put({ shipments: shipment });
  transaction.effect({
    kind: 'shipment.created',
    id,
    orderId: orderOf(shipment),
    key: shipment.reference,
    details: { country: to.country },
  });
  return shipment;
}

/** By its id or by its reference; throws 404 where there is none. */
export function shipmentNamed(idOrReference: string, store: Store): Shipment {
  const shipment = store.shipments.get(idOrReference) ?? store.shipmentByReference(idOrReference);
  if (!shipment) throw notFound();
  return shipment;
}

/** Our order, as the reference names it. */
export function orderOf({ reference }: Pick<Shipment, 'reference'>): string | null {
  return orderIdIn(reference);
}

function addressOf(given: AddressParams, field: string, store: Store): Address {
  if (given.id === undefined) {
    if (!given.street1 && !given.zip) throw invalidField(field, 'cannot be blank');
    return newAddress(given);
  }
  const known = store.addresses.get(given.id);
  if (!known) throw notFound();
  return known;
}

function newParcel(given: z.output<typeof parcelParams>, now: string): Parcel {
  return {
    id: `prcl_${randomHex(32)}`,
    object: 'Parcel',
    mode: 'test',
    created_at: now,
    updated_at: now,
    length: given.length ?? null,
    width: given.width ?? null,
    height: given.height ?? null,
    predefined_package: given.predefined_package ?? null,
    weight: given.weight,
  };
}
