import type { Pool } from 'pg';
import { accept, prepare, type NewOrder } from '../../../db/orders/accept.ts';
import type { Product } from '../../../db/products/catalogue.ts';
import { findAnswer, type Repeatable, type Repeated } from '../../../db/idempotency.ts';
import { customerIdOf } from '../../../domain/customer-id.ts';
import { orderWorkflowId } from '../../../domain/ids.ts';
import { newId } from '../../../domain/new-id.ts';
import type { OrderPolicy } from '../../../domain/policies.ts';
import type { ApiContext } from '../../api-context.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { orderLinks as linksOf } from '../../bodies/links.ts';
import type { Trace } from '../../http/trace.ts';
import { lineErrors } from './check-lines.ts';
import type { PlaceOrder } from './new-order.ts';

export type Placed =
  | { readonly order: NewOrder; readonly answer: ReturnType<typeof answerTo>; readonly outboxEntryId: number }
  | { readonly repeat: Repeated };

/**
 * Accepts the order, or finds that it has been. Products that are known from before save a look at the catalogue: the commit
 * itself finds out where they have changed meanwhile, and where the key was used before.
 */
export async function place(
  body: PlaceOrder,
  repeatable: Repeatable | null,
  { traceParent }: Trace,
  context: ApiContext,
): Promise<Placed> {
  const { pool, settings, knownProducts } = context;
  const lines = body.items.map((item, index) => ({ index, ...item }));
  const skus = body.items.map((item) => item.sku);
  let products = knownProducts.find(skus);
  if (products && lineErrors(lines, products).length > 0) products = undefined;
  for (;;) {
    if (!products) {
      const prepared = await prepare(pool, skus, repeatable);
      if (prepared.earlier) return { repeat: prepared.earlier };
      products = prepared.products;
      knownProducts.keep(products);
      const errors = lineErrors(lines, products);
      if (errors.length > 0) throw invalidInput(errors);
    }
    const order = toNewOrder(body, products, settings.policy, traceParent);
    const answer = answerTo(order, context);
    const keep = repeatable && { request: repeatable, answer };
    const acceptance = await accept(pool, order, keep, settings.outboxLeaseMs);
    if (acceptance.outcome === 'accepted') return { order, answer, outboxEntryId: acceptance.outboxEntryId };
    if (acceptance.outcome !== 'catalogue_changed') return { repeat: await repeated(pool, repeatable) };
    products = undefined;
  }
}

function toNewOrder(
  { customer, items, shippingAddress, paymentMethod, metadata }: PlaceOrder,
  products: readonly Product[],
  policy: OrderPolicy,
  traceParent: string,
): NewOrder {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const lines = items.map(({ sku: asked, quantity }) => {
    const product = bySku.get(asked);
    if (!product) throw new Error('a line without a product has passed the check');
    const { name, price, weightGrams } = product;
    return {
      sku: asked,
      name,
      quantity,
      unitPriceMinor: price.amountMinor,
      weightGrams,
      currency: price.currency,
    };
  });
  const totalMinor = lines.reduce(
    (total, { unitPriceMinor, quantity }) => total + unitPriceMinor * quantity,
    0,
  );
  const pieces = lines.reduce((all, { quantity }) => all + quantity, 0);
  const currency = lines[0]?.currency ?? '';
  const customerId = customer.id ?? customerIdOf(customer.email);
  return {
    id: newId(),
    customer: { ...customer, id: customerId },
    shippingAddress,
    paymentMethod,
    metadata: metadata ?? {},
    totalMinor,
    currency,
    lines,
    start: { customerId, totalMinor, currency, pieces, policy, traceParent },
  };
}

function answerTo({ id, totalMinor, currency }: NewOrder, context: ApiContext) {
  const links = linksOf(id, context);
  return {
    status: 202,
    headers: { Location: links.self },
    body: {
      orderId: id,
      workflowId: orderWorkflowId(id),
      status: 'pending',
      total: { amountMinor: totalMinor, currency },
      links,
    },
  } as const;
}

/** How a request stands that met another one with its key, which may be a repeat as well. */
async function repeated(pool: Pool, request: Repeatable | null): Promise<Repeated> {
  return (request && (await findAnswer(pool, request))) ?? { outcome: 'in_flight' };
}
