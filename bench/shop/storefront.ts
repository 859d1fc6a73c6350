import { createHttpClient, type HttpClient, type Reply } from './http-client.ts';

/** The cards that the scenarios pay with. */
export type Card = 'pm_card_visa' | 'pm_card_chargeDeclined' | 'pm_card_threeDSecureRequired';

export interface Basket {
  readonly sku?: string;
  readonly quantity?: number;
  readonly card?: Card;
  /** Nothing can be delivered to `00000`. */
  readonly postalCode?: string;
  readonly line1?: string;
}

export interface Placed {
  readonly orderId: string;
  readonly workflowId: string;
  readonly total: { readonly amountMinor: number };
}

export interface OrderView {
  readonly orderId: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfillmentStatus: string;
  readonly needsAttention: { readonly step: string; readonly reason: string } | null;
  readonly failure: { readonly type: string } | null;
  readonly captured: { readonly amountMinor: number };
  readonly refunded: { readonly amountMinor: number };
  readonly shipments: readonly { readonly status: string; readonly trackingCode: string }[];
}

export interface RunView {
  readonly executionStatus: string;
  readonly currentDetails: string | null;
  readonly pendingActivities: readonly { readonly type: string; readonly attempt: number }[];
  readonly historyLength: number;
  readonly webUi: string | null;
}

/** The shop's own client of the service. */
export interface Storefront {
  readonly http: HttpClient;
  place(basket?: Basket, key?: string): Promise<Reply<Placed>>;
  order(orderId: string): Promise<OrderView>;
  run(orderId: string): Promise<Reply<RunView>>;
  cancel(orderId: string, reason?: string): Promise<Reply>;
  /** Adds a product with stock; throws when that is refused. */
  offer(sku: string, onHand: number): Promise<void>;
  close(): void;
}

export const defaultSku = 'MUG-STONEWARE';

export function createStorefront(apiUrl: string, connections?: number): Storefront {
  const http = createHttpClient(apiUrl, connections);
  return {
    http,
    place: (basket = {}, key) =>
      http.call('POST', '/orders', {
        json: orderBody(basket),
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
    async order(orderId) {
      const reply = await http.call<OrderView>('GET', `/orders/${orderId}`);
      return succeeded(reply).body;
    },
    run: (orderId) => http.call('GET', `/orders/${orderId}/workflow`),
    cancel: (orderId, reason = 'changed my mind') =>
      http.call('POST', `/orders/${orderId}/cancel`, { json: { reason } }),
    async offer(sku, onHand) {
      const product = {
        sku,
        name: `Product ${sku}`,
        price: { amountMinor: 1999, currency: 'EUR' },
        weightGrams: 400,
      };
      succeeded(await http.call('POST', '/products', { json: product }));
      succeeded(await http.call('PUT', `/inventory/main/${sku}`, { json: { onHand } }));
    },
    close: () => http.close(),
  };
}

/** What `POST /orders` takes. */
export function orderBody({ sku = defaultSku, quantity = 1, card = 'pm_card_visa', ...address }: Basket) {
  return {
    customer: { email: 'grace@example.com', name: 'Grace Hopper' },
    items: [{ sku, quantity }],
    shippingAddress: {
      name: 'Grace Hopper',
      line1: address.line1 ?? '417 Montgomery Street',
      city: 'San Francisco',
      postalCode: address.postalCode ?? '94104',
      region: 'CA',
      country: 'US',
    },
    paymentMethod: card,
  };
}

/** The reply again; throws when it is no success. */
export function succeeded<Body>(reply: Reply<Body>): Reply<Body> {
  if (reply.status >= 200 && reply.status < 300) return reply;
  throw new Error(`answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 500)}`);
}
