import { randomUUID } from 'node:crypto';
import { accept } from '../../src/db/orders/accept.ts';
import type { Product } from '../../src/db/products/catalogue.ts';
import type { Shop } from '../shop/open-shop.ts';
import { succeeded } from '../shop/storefront.ts';
import { insertBare } from './bare.ts';
import { answerFor, newOrder, newRequest } from './sample-order.ts';

/** A way of accepting one order of one line with an idempotency key. */
export interface Subject {
  readonly name: string;
  accept(): Promise<void>;
}

const sku = 'ACCEPTED';
const price = { amountMinor: 1999, currency: 'EUR' };
const product: Product = { sku, name: `Product ${sku}`, price, weightGrams: 400 };
const plenty = 1_000_000;

/** As `RELAY_LEASE_MS` has it: nobody takes the entry up while it is measured. */
const leaseMs = 6_000;

/** POST /orders over a connection that is kept, until the last byte of the answer. Puts the product into the catalogue. */
export async function httpSubject({ storefront }: Shop): Promise<Subject> {
  await storefront.offer(sku, plenty);
  return { name: 'http', accept: async () => void succeeded(await storefront.place({ sku }, randomUUID())) };
}

/** The statements of the API's own, from this process: without HTTP, parsing, validation and log. */
export function statementsSubject({ pool }: Shop): Subject {
  return {
    name: 'statements',
    async accept() {
      const request = newRequest(sku);
      const order = newOrder(product);
      await accept(pool, order, { request, answer: answerFor(order) }, leaseMs);
    },
  };
}

/** The bare transaction, from this process. */
export function bareSubject({ pool }: Shop): Subject {
  return {
    name: 'bare',
    async accept() {
      const order = newOrder(product);
      await insertBare(pool, order, { request: newRequest(sku), answer: answerFor(order) }, leaseMs);
    },
  };
}
