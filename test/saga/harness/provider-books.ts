import { TimeoutFailure } from '@temporalio/common';
import { noticeActivityId } from '../../../src/domain/ids.ts';
import { totalMinor } from '../../support/shop.ts';
import { unless, type EndedOrder, type World } from './ended-order.ts';

/** What the providers' books say about an order that has ended: money, labels and mails, never counted in our own. */
export async function providerProblems(world: World, order: EndedOrder): Promise<string[]> {
  return [...money(world, order), ...labels(world, order), ...(await mails(world, order))];
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

async function mails(
  { pool, rig, sandboxes: { mail } }: World,
  { orderId, end, repeatableMails = [], unmailed }: EndedOrder,
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
  if (unmailed) return unless(kinds.length === 0, `mails that were refused: ${kinds.join(', ')}`);
  const unasked = kinds.filter((kind) => !expected.includes(kind));
  const timesOf = (kind: string) => kinds.filter((one) => one === kind).length;
  const lost = expected.filter((kind) => timesOf(kind) === 0);
  const repeated = expected.filter((kind) => timesOf(kind) > 1 && !repeatableMails.includes(kind));
  const givenUp = await Promise.all(repeated.map((kind) => wasGivenUp(rig, noticeActivityId(orderId, kind))));
  const wrong = [...lost, ...repeated.filter((_, place) => !givenUp[place])];
  return [
    ...unless(unasked.length === 0, `mails nobody expects: ${unasked.join(', ')}`),
    ...unless(wrong.length === 0, `not once in the mail: ${wrong.join(', ')} (sent: ${kinds.join(', ')})`),
  ];
}

/** Whether Temporal has given an attempt up, whose reply is lost then: on a busy machine a worker may not be heard of in time. */
async function wasGivenUp({ temporal }: World['rig'], activityId: string): Promise<boolean> {
  const seen = await temporal.client.activity.getHandle(activityId).describe({ includeLastFailure: true });
  return (await seen.getLastFailure()) instanceof TimeoutFailure;
}
