import { z } from 'zod';
import { addressParams, deliveryProblems, newAddress, verificationFailure } from './addresses.ts';
import { buyShipment } from './buy.ts';
import type { Carrier } from './carrier.ts';
import { notFound } from './errors.ts';
import { refundShipment } from './label-refunds.ts';
import { pageOf } from './lists.ts';
import { readParams } from './params.ts';
import { createShipment, shipmentNamed } from './shipments.ts';
import type { Store, Transaction } from './store.ts';
import { createTracker, trackerNamed } from './trackers.ts';
import { shipmentView } from './views.ts';

/** One call of one endpoint. */
export interface Call {
  id: string;
  body: unknown;
  query: Record<string, unknown>;
  store: Store;
  carrier: Carrier;
  transaction: Transaction;
}

/** An endpoint of the API; `status` is that of success. */
export interface Operation {
  method: 'get' | 'post';
  path: string;
  /** The name that faults and the ledger use. */
  name: string;
  status: 200 | 201;
  /** Throws EasyPostFailure. */
  run(call: Call): object;
}

const addressBody = z.object({
  address: addressParams,
  verify: addressParams.shape.verify,
  verify_strict: addressParams.shape.verify_strict,
});

const addresses: Operation[] = [
  {
    method: 'post',
    path: '/v2/addresses',
    name: 'address.create',
    status: 201,
    run({ body, transaction }) {
      const { address: given, ...verification } = readParams(addressBody, body);
      const address = newAddress({ ...given, ...verification });
      transaction.put({ addresses: address });
      return address;
    },
  },
  {
    method: 'post',
    path: '/v2/addresses/create_and_verify',
    name: 'address.create_and_verify',
    status: 200,
    run({ body, transaction }) {
      const address = newAddress({ ...readParams(addressBody, body).address, verify_strict: true });
      transaction.put({ addresses: address });
      return { address };
    },
  },
  {
    method: 'get',
    path: '/v2/addresses/:id',
    name: 'address.retrieve',
    status: 200,
    run({ id, store }) {
      const address = store.addresses.get(id);
      if (!address) throw notFound();
      return address;
    },
  },
  {
    method: 'get',
    path: '/v2/addresses/:id/verify',
    name: 'address.verify',
    status: 200,
    run({ id, store }) {
      const address = store.addresses.get(id);
      if (!address) throw notFound();
      const problems = deliveryProblems(address);
      if (problems.length > 0) throw verificationFailure(problems);
      return { address };
    },
  },
];

const shipments: Operation[] = [
  {
    method: 'post',
    path: '/v2/shipments',
    name: 'shipment.create',
    status: 201,
    run: ({ body, store, transaction }) => shipmentView(createShipment(body, store, transaction), store),
  },
  {
    method: 'get',
    path: '/v2/shipments',
    name: 'shipment.list',
    status: 200,
    run({ query, store }) {
      // Real EasyPost leaves out what has no postage unless `purchased=false` asks for all.
      const all = query.purchased === 'false';
      const { items, hasMore } = pageOf(
        store.shipments.values(),
        query,
        (one) => all || one.postage_label !== null,
      );
      return { shipments: items.map((shipment) => shipmentView(shipment, store)), has_more: hasMore };
    },
  },
  {
    method: 'get',
    path: '/v2/shipments/:id',
    name: 'shipment.retrieve',
    status: 200,
    run: ({ id, store }) => shipmentView(shipmentNamed(id, store), store),
  },
  {
    method: 'post',
    path: '/v2/shipments/:id/buy',
    name: 'shipment.buy',
    status: 200,
    run: ({ id, body, store, transaction, carrier }) =>
      shipmentView(buyShipment(id, body, store, transaction, carrier.firstMoveAt()), store),
  },
  {
    method: 'post',
    path: '/v2/shipments/:id/refund',
    name: 'shipment.refund',
    status: 200,
    run: ({ id, store, transaction, carrier }) =>
      shipmentView(refundShipment(id, store, transaction, carrier.refundSettlesAt()), store),
  },
];

const trackers: Operation[] = [
  {
    method: 'post',
    path: '/v2/trackers',
    name: 'tracker.create',
    status: 201,
    run: ({ body, store, transaction, carrier }) =>
      createTracker(body, store, transaction, carrier.firstMoveAt()),
  },
  {
    method: 'get',
    path: '/v2/trackers',
    name: 'tracker.list',
    status: 200,
    run({ query, store }) {
      const { tracking_code: code, carrier } = query;
      const { items, hasMore } = pageOf(
        store.trackers.values(),
        query,
        (one) =>
          (code === undefined || one.tracking_code === code) &&
          (carrier === undefined || one.carrier === carrier),
      );
      return { trackers: items, has_more: hasMore };
    },
  },
  {
    method: 'get',
    path: '/v2/trackers/:id',
    name: 'tracker.retrieve',
    status: 200,
    run: ({ id, store }) => trackerNamed(id, store),
  },
];

export const operations: readonly Operation[] = [...addresses, ...shipments, ...trackers];
