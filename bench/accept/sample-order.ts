import { randomUUID } from 'node:crypto';
import type { NewOrder } from '../../src/db/orders/accept.ts';
import type { Product } from '../../src/db/products/catalogue.ts';
import type { Repeatable, StoredAnswer } from '../../src/db/idempotency.ts';
import { customerIdOf } from '../../src/domain/customer-id.ts';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import { defaultOrderPolicy } from '../../src/domain/policies.ts';
import { requestHash } from '../../src/api/http/idempotency-key.ts';
import { orderBody } from '../shop/storefront.ts';

/** A key that has not been used. */
export function newRequest(sku: string): Repeatable {
  return { scope: 'anonymous', key: randomUUID(), bodyHash: requestHash('POST /orders', orderBody({ sku })) };
}

/** The same order that `orderBody` asks for, as the API would accept it. */
export function newOrder({ sku, name, weightGrams, price }: Product): NewOrder {
  const { customer, shippingAddress, paymentMethod } = orderBody({ sku });
  const customerId = customerIdOf(customer.email);
  const { amountMinor: totalMinor, currency } = price;
  return {
    id: newId(),
    customer: { ...customer, id: customerId },
    shippingAddress,
    paymentMethod,
    metadata: {},
    totalMinor,
    currency,
    lines: [{ sku, name, quantity: 1, unitPriceMinor: totalMinor, weightGrams }],
    start: { customerId, totalMinor, currency, pieces: 1, policy: defaultOrderPolicy, traceParent: null },
  };
}

/** What the API answers, and keeps for a repeat. */
export function answerFor({ id, totalMinor, currency }: NewOrder): StoredAnswer {
  const links = { self: `/orders/${id}`, workflow: `http://127.0.0.1/workflows/${orderWorkflowId(id)}` };
  const total = { amountMinor: totalMinor, currency };
  const body = { orderId: id, workflowId: orderWorkflowId(id), status: 'pending', total, links };
  return { status: 202, headers: { Location: links.self }, body };
}
