import type { FulfillmentStatus, PaymentStatus } from '../../../src/domain/order.ts';
import { pieces } from '../../support/shop.ts';
import { unless, type End, type EndedOrder, type World } from './ended-order.ts';

/** What our own books say about an order that has ended: stock, sales, events, steps, balances, and what a client reads. */
export async function ownProblems(world: World, order: EndedOrder): Promise<string[]> {
  const found = [stock, sales, events, books, answer].map((look) => look(world, order));
  return (await Promise.all(found)).flat();
}

async function stock(
  { pool }: World,
  { orderId, sku, end, onHand: before = pieces }: EndedOrder,
): Promise<string[]> {
  const { rows } = await pool.query<{ onHand: number; reserved: number; reservations: number }>(
    `select on_hand as "onHand", reserved,
       (select count(*)::integer from reservations where order_id = $2) as reservations
     from stock where sku = $1`,
    [sku, orderId],
  );
  const { onHand = -1, reserved = -1, reservations = -1 } = rows[0] ?? {};
  return [
    ...unless(
      reserved === 0 && reservations === 0,
      `${reserved} pieces reserved, ${reservations} reservations`,
    ),
    ...unless(onHand === (end === 'completed' ? before - pieces : before), `${onHand} pieces on hand`),
  ];
}

async function sales({ pool }: World, { orderId, end }: EndedOrder): Promise<string[]> {
  const { rows } = await pool.query<{ counted: number; quantity: number }>(
    `select count(*)::integer as counted, coalesce(sum(quantity), 0)::integer as quantity
     from sales where order_id = $1 and reversed_at is null`,
    [orderId],
  );
  const quantity = rows[0]?.quantity ?? -1;
  return unless(quantity === (end === 'completed' ? pieces : 0), `${quantity} pieces in the sales figures`);
}

/** What may be told about an order more than once. */
const repeatableEvents = ['provider.webhook', 'shipment.tracking', 'order.needs_attention', 'order.resolved'];

async function events({ pool }: World, { orderId }: EndedOrder): Promise<string[]> {
  const { rows } = await pool.query<{ type: string; times: number }>(
    `select concat_ws(' ', type, data->>'notice') as type, count(*)::integer as times from order_events
     where order_id = $1 and type <> all ($2) group by 1 having count(*) > 1`,
    [orderId, repeatableEvents],
  );
  return rows.map(({ type, times }) => `the event ${type} is told ${times} times`);
}

async function books({ pool }: World, { orderId, sku, end }: EndedOrder): Promise<string[]> {
  const imbalances = await pool.query<{ kind: string; facts: object }>(
    'select kind, facts from imbalances where subject in ($1, $2)',
    [orderId, `${sku}/main`],
  );
  const steps = await pool.query<{ step: string; state: string }>(
    'select step, state from order_steps where order_id = $1 and state <> $2',
    [orderId, end === 'completed' ? 'landed' : 'undone'],
  );
  return [
    ...imbalances.rows.map(({ kind, facts }) => `an imbalance of ${kind}: ${JSON.stringify(facts)}`),
    ...steps.rows.map(({ step, state }) => `the step ${step} is ${state}`),
  ];
}

const endings: Record<End, { payment: readonly PaymentStatus[]; fulfillment: readonly FulfillmentStatus[] }> =
  {
    completed: { payment: ['captured'], fulfillment: ['delivered'] },
    failed: { payment: ['none', 'declined', 'voided', 'refunded'], fulfillment: ['none', 'released'] },
    cancelled: { payment: ['none', 'declined', 'voided', 'refunded'], fulfillment: ['none', 'released'] },
  };

async function answer({ shop }: World, { orderId, end, failure }: EndedOrder): Promise<string[]> {
  const order = await shop.read(orderId);
  const { payment, fulfillment } = endings[end];
  return [
    ...unless(order.status === end, `the order is ${order.status}, not ${end}`),
    ...unless(payment.includes(order.paymentStatus), `its payment is ${order.paymentStatus}`),
    ...unless(fulfillment.includes(order.fulfillmentStatus), `its goods are ${order.fulfillmentStatus}`),
    ...unless(order.needsAttention === null, `it still needs attention: ${order.needsAttention?.step}`),
    ...unless(order.waitingOn === null, `it still waits on ${order.waitingOn}`),
    ...unless((order.failure !== null) === (end === 'failed'), `its failure is ${order.failure?.type}`),
    ...unless(!failure || order.failure?.type === failure, `it failed for ${order.failure?.type}`),
  ];
}
