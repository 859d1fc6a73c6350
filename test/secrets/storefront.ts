import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { address, customer, metadata } from './canaries.ts';
import type { CanaryService } from './service.ts';

/** What the API has answered to anything so far, as text, but for the readings of an order, which show its customer. */
export interface Storefront {
  readonly answers: readonly string[];
  place(order?: {
    readonly sku?: string;
    readonly paymentMethod?: string;
    readonly line1?: string;
  }): Promise<string>;
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<number>;
  /** What the order has come to: its status, or that it needs attention. */
  stateOf(orderId: string): Promise<string>;
}

export function createStorefront({ url, apiKey }: CanaryService): Storefront {
  const answers: string[] = [];
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };

  async function call(method: string, path: string, body?: unknown) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${url}${path}`, { method, headers, ...(text !== undefined && { body: text }) });
  }

  return {
    answers,
    async place({ sku = 'PLENTY', paymentMethod = 'pm_card_visa', line1 = address.line1 } = {}) {
      const response = await call('POST', '/orders', {
        customer,
        items: [{ sku, quantity: 1 }],
        shippingAddress: { ...address, line1 },
        paymentMethod,
        metadata,
      });
      const body: { orderId?: string } = JSON.parse(await response.text());
      if (response.status !== 202 || body.orderId === undefined) throw new Error(JSON.stringify(body));
      answers.push(JSON.stringify(body));
      return body.orderId;
    },
    async call(method, path, body) {
      const response = await call(method, path, body);
      const shown = `${JSON.stringify([...response.headers])} ${await response.text()}`;
      if (response.status >= 400 || /timeline|workflow|metrics/.test(path)) answers.push(shown);
      return response.status;
    },
    async stateOf(orderId) {
      const response = await call('GET', `/orders/${orderId}`);
      const order: { status: string; needsAttention: object | null } = JSON.parse(await response.text());
      return order.needsAttention ? 'needs attention' : order.status;
    },
  };
}

/** A fault that strikes one order's calls only. */
export function faultFor(orderId: string, fault: FaultRequest): FaultRequest {
  return { ...fault, match: { orderId } };
}
