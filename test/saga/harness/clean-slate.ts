import type { Pool } from 'pg';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../../src/domain/order.ts';
import { pieces, totalMinor, type Shop } from '../../support/shop.ts';
import type { Sandboxes } from '../../support/sandboxes.ts';
import type { Director } from './director.ts';
import { actions, undos } from './saga-steps.ts';

export type End = Extract<OrderStatus, 'completed' | 'failed' | 'cancelled'>;

/** An order that has ended, and how it should have. */
export interface EndedOrder {
  readonly orderId: string;
  readonly sku: string;
  readonly end: End;
  /** The mails whose reply was lost, so that they may have come twice. */
  readonly repeatableMails?: readonly string[];
  /** Whether Stripe burnt a key of the order, so that a second intent may have been made. */
  readonly keyBurnt?: boolean;
}

interface World {
  readonly pool: Pool;
  readonly sandboxes: Sandboxes;
  readonly shop: Shop;
  readonly director: Director;
}

/**
 * What is wrong with an order that has ended, in words; nothing when it ended right. Money, labels and mails are
 * counted in the providers' books, not in ours.
 */
export async function problemsOf(world: World, order: EndedOrder): Promise<string[]> {
  const found = await Promise.all([
    stock(world, order),
    sales(world, order),
    mails(world, order),
    events(world, order),
    books(world, order),
    answer(world, order),
  ]);
  return [
    ...money(world, order),
    ...labels(world, order),
    ...found.flat(),
    ...overlaps(world.director, order.orderId),
  ];
}

/** `expected` words where they are true, `problem` words where they are not. */
function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}

function money({ sandboxes: { stripe } }: World, { orderId, end, keyBurnt = false }: EndedOrder): string[] {
  const balance = stripe.balances().find((one) => one.orderId === orderId);
  const { heldMinor = 0, capturedMinor = 0, refundedMinor = 0, charges = 0 } = balance ?? {};
  const intents = balance?.paymentIntentIds.length ?? 0;
  const owed = end === 'completed' ? totalMinor : 0;
  const captures = stripe.ledger({ orderId, kind: 'payment_intent.captured' }).length;
  return [
    ...unless(heldMinor === 0, `Stripe still holds ${heldMinor}`),
    ...unless(
      capturedMinor - refundedMinor === owed,
      `Stripe charged ${capturedMinor - refundedMinor} net, not ${owed}`,
    ),
    ...unless(charges <= 1 && captures <= 1, `Stripe has ${charges} charges and ${captures} captures`),
    ...unless(intents <= 1 || keyBurnt, `Stripe has ${intents} intents`),
    ...unless(end !== 'completed' || refundedMinor === 0, `Stripe refunded ${refundedMinor}`),
  ];
}

function labels({ sandboxes: { easypost } }: World, { orderId, end }: EndedOrder): string[] {
  const own = easypost.labels().find((one) => one.orderId === orderId);
  const { labelsBought = 0, labelsRefunded = 0 } = own ?? {};
  if (end === 'completed')
    return unless(
      labelsBought === 1 && labelsRefunded === 0,
      `${labelsBought} labels bought, ${labelsRefunded} refunded`,
    );
  return [
    ...unless(labelsBought === labelsRefunded, `${labelsBought - labelsRefunded} labels without a refund`),
    ...unless(labelsBought <= 1, `${labelsBought} labels bought`),
  ];
}

async function stock({ pool }: World, { orderId, sku, end }: EndedOrder): Promise<string[]> {
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
    ...unless(onHand === (end === 'completed' ? 0 : pieces), `${onHand} pieces on hand`),
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

async function mails(
  { pool, sandboxes: { mail } }: World,
  { orderId, end, repeatableMails = [] }: EndedOrder,
): Promise<string[]> {
  const { rows } = await pool.query<{ confirmed: boolean }>(
    `select exists (select from order_events where order_id = $1 and type = 'order.confirmed') as confirmed`,
    [orderId],
  );
  const expected = [
    ...(rows[0]?.confirmed === true ? ['confirmed'] : []),
    end === 'completed' ? 'shipped' : end,
  ];
  const kinds = mail.messages({ orderId }).map(({ messageId }) => messageId.slice(1).split('.')[0] ?? '');
  const unasked = kinds.filter((kind) => !expected.includes(kind));
  const wrong = expected.filter((kind) => {
    const times = kinds.filter((one) => one === kind).length;
    return times !== 1 && !(times === 2 && repeatableMails.includes(kind));
  });
  return [
    ...unless(unasked.length === 0, `mails nobody expects: ${unasked.join(', ')}`),
    ...unless(wrong.length === 0, `not once in the mail: ${wrong.join(', ')} (sent: ${kinds.join(', ')})`),
  ];
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

async function answer({ shop }: World, { orderId, end }: EndedOrder): Promise<string[]> {
  const order = await shop.read(orderId);
  const { payment, fulfillment } = endings[end];
  return [
    ...unless(order.status === end, `the order is ${order.status}, not ${end}`),
    ...unless(payment.includes(order.paymentStatus), `its payment is ${order.paymentStatus}`),
    ...unless(fulfillment.includes(order.fulfillmentStatus), `its goods are ${order.fulfillmentStatus}`),
    ...unless(order.needsAttention === null, `it still needs attention: ${order.needsAttention?.step}`),
    ...unless(order.waitingOn === null, `it still waits on ${order.waitingOn}`),
    ...unless((order.failure !== null) === (end === 'failed'), `its failure is ${order.failure?.type}`),
  ];
}

/** Undos that began while an action of the same order was being tried. */
function overlaps(director: Director, orderId: string): string[] {
  const attempts = director.recordsOf(orderId).filter(({ kind }) => kind === 'attempt');
  return attempts
    .filter(({ activity }) => undos.has(activity))
    .flatMap((undo) =>
      attempts
        .filter(({ activity }) => actions.has(activity))
        .filter(({ began, ended }) => began < undo.began && (ended === null || ended > undo.began))
        .map((action) => `${undo.label} began while ${action.label} was under way`),
    );
}
