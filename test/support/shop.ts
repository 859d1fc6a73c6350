import type { Pool } from 'pg';
import { addProduct } from '../../src/db/products/catalogue.ts';
import { setOnHand } from '../../src/db/products/inventory.ts';
import { transaction } from '../../src/db/pool.ts';
import type { FailureType } from '../../src/domain/failures.ts';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../src/domain/order.ts';

/** The part of `GET /orders/{id}` that tests look at. */
export interface OrderBody {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly waitingOn: string | null;
  readonly needsAttention: { readonly step: string; readonly reason: string; readonly since: string } | null;
  readonly cancelRequestedAt: string | null;
  readonly failure: { readonly type: FailureType; readonly detail: string } | null;
}

/** Whoever orders leaves these in the database, and nowhere else: no history holds them (law 12). */
export const customer = { email: 'grace.testperson@mail.example', name: 'Grace Testperson' };
export const address = {
  name: customer.name,
  line1: '12 Quaint Harbour Street',
  city: 'Lower Exampleford',
  postalCode: 'QX4 9ZT',
  country: 'GB',
};
export const pieces = 2;
export const unitPriceMinor = 1_999;
export const totalMinor = pieces * unitPriceMinor;

/** A product that nobody else orders, with as many pieces as one order takes. */
export async function stockProduct(pool: Pool, onHand: number = pieces): Promise<string> {
  const sku = `SKU-${crypto.randomUUID()}`;
  await addProduct(pool, {
    sku,
    name: 'Brass compass',
    weightGrams: 300,
    price: { amountMinor: unitPriceMinor, currency: 'USD' },
  });
  await transaction(pool, (tx) => setOnHand(tx, { sku, warehouse: 'main', onHand }));
  return sku;
}

/** The shop's storefront and its operators, over HTTP. */
export function createShop(url: string) {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the body's type follows from the route
  async function call<Body>(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own tests hold it to its document
    return { status: response.status, body: answer as Body };
  }
  return {
    /** Orders all of a product; gives the order's id. */
    async place(sku: string, paymentMethod = 'pm_card_visa', shippingAddress = address): Promise<string> {
      const items = [{ sku, quantity: pieces }];
      const placed = await call<{ orderId: string }>('POST', '/orders', {
        customer,
        items,
        shippingAddress,
        paymentMethod,
      });
      if (placed.status !== 202) throw new Error(`not accepted: ${JSON.stringify(placed)}`);
      return placed.body.orderId;
    },
    async read(orderId: string): Promise<OrderBody> {
      return (await call<OrderBody>('GET', `/orders/${orderId}`)).body;
    },
    /** Gives the HTTP status: 202 when it is accepted, 409 when it comes too late. */
    async cancel(orderId: string): Promise<number> {
      return (await call('POST', `/orders/${orderId}/cancel`, { reason: 'changed my mind' })).status;
    },
    async retry(orderId: string): Promise<number> {
      const decision = { action: 'retry', note: 'it works again' };
      return (await call('POST', `/orders/${orderId}/resolve`, decision)).status;
    },
  };
}

export type Shop = ReturnType<typeof createShop>;
