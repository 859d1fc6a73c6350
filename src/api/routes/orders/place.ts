import { z } from 'zod';
import { accept, prepare, type NewOrder } from '../../../db/accept-order.ts';
import { findProducts, type Product } from '../../../db/catalogue.ts';
import { findAnswer, type Repeatable, type Repeated } from '../../../db/idempotency.ts';
import { customerIdOf } from '../../../domain/customer-id.ts';
import { orderWorkflowId } from '../../../domain/ids.ts';
import { newId } from '../../../domain/new-id.ts';
import type { OrderPolicy } from '../../../domain/policies.ts';
import type { ApiContext } from '../../api-context.ts';
import { endpoint } from '../../endpoint.ts';
import { answerOfRepeat } from '../../repeats.ts';
import { invalidInput } from '../../invalid-input.ts';
import {
  maxLineQuantity,
  maxMetadataCharacters,
  maxMetadataKeys,
  maxOrderLines,
  maxWaitSeconds,
} from '../../limits.ts';
import { orderLinks as linksOf } from '../../links.ts';
import { address, email, orderId, sku } from '../../schemas/fields.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { money } from '../../schemas/money.ts';
import { order as orderSchema, orderLinks, workflowId } from '../../schemas/order.ts';
import { line, verbatim } from '../../schemas/text.ts';
import { exampleOrder, exampleOrderBody, exampleOrderId, examplePlaced } from '../../examples.ts';
import { waitSecondsOf } from '../../prefer.ts';
import type { Trace } from '../../trace.ts';
import { lineErrors, type AskedLine } from './check-lines.ts';
import { outcomeOf } from './outcome-of.ts';

const orderLine = z.strictObject({ sku, quantity: z.int().min(1).max(maxLineQuantity).meta({ example: 2 }) });

const newOrder = z
  .strictObject({
    customer: z.strictObject({
      id: z
        .string()
        .regex(/^[!-?A-~]{1,100}$/, 'must be 1 to 100 visible ASCII characters without @')
        .optional()
        .meta({
          description:
            'The shop’s own; never an e-mail address, because the id is shown in the Temporal Web UI.',
        }),
      email,
      name: line(200).meta({ example: 'Ada Lovelace' }),
    }),
    items: z.array(orderLine).min(1).max(maxOrderLines).meta({ description: 'Each SKU once.' }),
    shippingAddress: address,
    paymentMethod: z
      .string()
      .regex(/^pm_[A-Za-z0-9_]{1,200}$/, 'must be the id of a payment method, such as pm_card_visa')
      .meta({ example: 'pm_card_visa' }),
    metadata: z
      .record(verbatim(maxMetadataCharacters), verbatim(maxMetadataCharacters))
      .refine(
        (all) => Object.keys(all).length <= maxMetadataKeys,
        `must have at most ${maxMetadataKeys} members`,
      )
      .optional()
      .meta({
        maxProperties: maxMetadataKeys,
        description: 'Kept with the order; the service takes no notice of it.',
      }),
  })
  .meta({ id: 'NewOrder' });

type PlaceOrder = z.output<typeof newOrder>;

const accepted = z
  .strictObject({
    orderId,
    workflowId,
    status: z.literal('pending'),
    total: money,
    links: orderLinks,
  })
  .meta({ id: 'AcceptedOrder' });

const placedHeaders = replayHeaders.extend({
  Location: z.string().meta({ example: `/orders/${exampleOrderId}` }),
});

const preferHeaders = z.object({
  Prefer: z
    .string()
    .optional()
    .meta({
      description: `\`wait=N\` (RFC 7240): the answer waits up to N seconds, at most ${maxWaitSeconds}, for the order to be confirmed or to end, and is
then the order itself (200). After that it is the usual 202; so is every answer to a repeat of the key.`,
      example: 'wait=10',
    }),
});

export const placeOrder = endpoint({
  method: 'post',
  path: '/orders',
  operationId: 'placeOrder',
  tag: 'Orders',
  access: 'orders:write',
  summary: 'Place an order',
  description:
    'The answer comes as soon as the order is durable; it is then processed whatever fails on the way. Prices come from the catalogue.',
  repeatable: true,
  sheds: true,
  body: newOrder,
  bodyExample: exampleOrder,
  responses: {
    200: {
      description: 'With `Prefer: wait=N`: the order, now that it is confirmed or has ended.',
      body: orderSchema,
      headers: placedHeaders.extend({ 'Preference-Applied': z.string().meta({ example: 'wait=10' }) }),
      example: exampleOrderBody,
    },
    202: {
      description: 'The order is accepted.',
      body: accepted,
      headers: placedHeaders,
      example: examplePlaced,
    },
  },
  headers: preferHeaders,
  problems: [],
  furtherErrors,
  async handle({ body, headers, repeatable, trace, untilGone }, context) {
    const startedMs = performance.now();
    const { products, earlier } = await prepare(
      context.pool,
      body.items.map((item) => item.sku),
      repeatable,
    );
    if (earlier) return answerOfRepeat(earlier);
    const errors = lineErrors(askedLines(body.items), products);
    if (errors.length > 0) throw invalidInput(errors);

    const order = toNewOrder(body, products, context.settings.policy, trace.traceParent);
    const answer = answerTo(order, context);
    const acceptance = await accept(
      context.pool,
      order,
      repeatable && { request: repeatable, answer },
      context.settings.outboxLeaseMs,
    );
    if (acceptance.outcome !== 'accepted')
      return answerOfRepeat(await repeated(context, acceptance.outcome, repeatable));
    const durationMs = Math.round(performance.now() - startedMs);
    const goOn = () => handOver(context, order, acceptance.outboxEntryId, trace, durationMs);
    const waitSeconds = waitSecondsOf(headers.prefer);
    if (waitSeconds === 0 || context.live.waiters.isFull) return { ...answer, afterwards: goOn };
    goOn();
    return (await outcomeOf(order.id, { waitSeconds, signal: untilGone() }, context)) ?? answer;
  },
});

/** The commit holds all of it: when this process dies first, the entry's lease runs out and any relay takes it up. */
function handOver(
  { relay, events }: ApiContext,
  { id, totalMinor, currency, start }: NewOrder,
  outboxEntryId: number,
  { traceId }: Trace,
  durationMs: number,
): void {
  relay.deliverNow(outboxEntryId, id, { kind: 'start_order', payload: start });
  events.orderAccepted({ orderId: id, traceId, totalMinor, currency, pieces: start.pieces, durationMs });
}

/** What can be told about the lines of a body whose schema has refused some part of it. */
async function furtherErrors(body: unknown, { pool }: ApiContext) {
  const items =
    z.object({ items: z.array(z.unknown()).max(maxOrderLines) }).safeParse(body).data?.items ?? [];
  const lines = items.flatMap((item, index) => {
    const named = z.object({ sku }).safeParse(item).data;
    return named ? [{ index, sku: named.sku, quantity: orderLine.safeParse(item).data?.quantity ?? 0 }] : [];
  });
  if (lines.length === 0) return [];
  return lineErrors(
    lines,
    await findProducts(
      pool,
      lines.map((asked) => asked.sku),
    ),
  );
}

function askedLines(items: PlaceOrder['items']): AskedLine[] {
  return items.map((item, index) => ({ index, ...item }));
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

/** How a request stands that met another one with its key. */
async function repeated(
  { pool }: ApiContext,
  outcome: 'in_flight' | 'answered_before',
  request: Repeatable | null,
): Promise<Repeated> {
  if (outcome === 'in_flight' || request === null) return { outcome: 'in_flight' };
  return (await findAnswer(pool, request)) ?? { outcome: 'in_flight' };
}
