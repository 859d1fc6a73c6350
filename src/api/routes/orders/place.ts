import { z } from 'zod';
import type { NewOrder } from '../../../db/orders/accept.ts';
import { findProducts } from '../../../db/products/catalogue.ts';
import type { ApiContext } from '../../api-context.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleOrder, exampleOrderBody, exampleOrderId, examplePlaced } from '../../document/examples.ts';
import { maxOrderLines, maxWaitSeconds } from '../../limits.ts';
import { waitSecondsOf } from '../../http/prefer.ts';
import { answerOfRepeat } from '../../http/repeats.ts';
import { orderId, sku } from '../../schemas/fields.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { money } from '../../schemas/money.ts';
import { order as orderSchema, orderLinks, workflowId } from '../../schemas/order.ts';
import type { Trace } from '../../http/trace.ts';
import { lineErrors } from './check-lines.ts';
import { newOrder, orderLine } from './new-order.ts';
import { outcomeOf } from './outcome-of.ts';
import { place } from './placing.ts';

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
  async handle({ body, headers, repeatable, trace, untilGone, beginWait }, context) {
    const startedMs = performance.now();
    const placed = await place(body, repeatable, trace, context);
    if ('repeat' in placed) return answerOfRepeat(placed.repeat);
    const { order, answer, outboxEntryId } = placed;
    const durationMs = Math.round(performance.now() - startedMs);
    const goOn = () => handOver(context, order, outboxEntryId, trace, durationMs);
    const waitSeconds = waitSecondsOf(headers.prefer);
    if (waitSeconds === 0 || context.live.waiters.isFull) return { ...answer, afterwards: goOn };
    goOn();
    return (await outcomeOf(order.id, { waitSeconds, signal: untilGone(), beginWait }, context)) ?? answer;
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
