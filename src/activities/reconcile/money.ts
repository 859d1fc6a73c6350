import { listOpen } from '../../db/findings.ts';
import { ownersOf, type PaymentOwner } from '../../db/orders/payment-owners.ts';
import * as cursors from '../../db/reconciler-cursors.ts';
import type { FailureType } from '../../domain/failures.ts';
import { isOrderId } from '../../domain/ids.ts';
import type { Finding, PersonKind } from '../../domain/reconciler.ts';
import type { Intent } from '../../providers/stripe.ts';
import type { OrderActivities } from '../index.ts';
import type { ReconcileContext } from './context.ts';
import { endPayment, giveBack, isLive } from './give-back.ts';
import { createReport, type Report } from './report.ts';
import { unlessFailing } from './unless-failing.ts';

const cursorName = 'payments';

/** What people have to see; such an intent is looked at by every pass until it is settled. */
const personKinds = [
  'payment_of_unknown_order',
  'payment_not_given_back',
] as const satisfies readonly PersonKind[];

/** What passes by itself, or by looking again, ends the look: the next one begins at the same time span. */
const passing: ReadonlySet<FailureType> = new Set([
  'DatabaseUnavailable',
  'ProviderUnavailable',
  'ProviderRateLimited',
  'ProviderStateConflict',
]);

/** The first look of all reaches back this far. */
const firstLookMs = 24 * 60 * 60 * 1_000;

/** The provider lists this long a span at a time, so that a look that has fallen behind catches up bit by bit. */
const spanMs = 60 * 60 * 1_000;
const maxSpansALook = 24;

/** Charges and authorizations at the provider that no open order owns. Intents without our metadata are never touched. */
export function createMoneyLook(ctx: ReconcileContext, saga: OrderActivities) {
  return {
    async reconcileMoney(): Promise<number> {
      const report = createReport(ctx);
      const { pool, limits } = ctx;
      const now = Date.now();
      const last = await cursors.find(pool, cursorName);
      const known = await listOpen(pool, personKinds);
      const found = new Map<string, Finding<PersonKind>>();

      let from = last ? last.at.getTime() - limits.overlapMs : now - firstLookMs;
      for (let spans = 0; from < now && spans < maxSpansALook; spans += 1) {
        const to = Math.min(from + spanMs, now);
        const made = await ctx.payments.listMade({ from: new Date(from), to: new Date(to) });
        for (const finding of await judge(ctx, saga, report, made)) found.set(finding.subject, finding);
        await cursors.move(pool, cursorName, { at: new Date(to), id: null });
        from = to;
      }
      for (const intentId of known.filter((id) => !found.has(id))) {
        const again = await judge(ctx, saga, report, [await ctx.payments.retrieve(intentId)]);
        for (const finding of again) found.set(finding.subject, finding);
      }
      await report.forPeople(personKinds, [...found.values()]);
      return report.count;
    },
  };
}

/** Gives back what an order of ours must not hold; gives what only a person may decide. */
async function judge(
  ctx: ReconcileContext,
  saga: OrderActivities,
  report: Report,
  intents: readonly Intent[],
): Promise<Finding<PersonKind>[]> {
  const live = intents.filter((intent) => intent.orderId !== null && isLive(intent));
  const owners = await ownersOf(
    ctx.pool,
    live.flatMap(({ orderId }) => (orderId !== null && isOrderId(orderId) ? [orderId] : [])),
  );
  const forPeople: Finding<PersonKind>[] = [];
  for (const intent of live) {
    const owner = owners.get(intent.orderId ?? '');
    if (!owner) forPeople.push(ofUnknownOrder(intent));
    else {
      const about = { kind: 'payment_not_given_back', subject: intent.id };
      const work = () => settle(ctx, saga, report, intent, owner);
      if (!(await unlessFailing(ctx.events, about, work, passing))) forPeople.push(ofStuck(intent, owner));
    }
  }
  return forPeople;
}

function ofUnknownOrder({ id, orderId, status, amount }: Intent): Finding<PersonKind> {
  const facts = { intentId: id, metadataOrderId: orderId, status, ...amount };
  return { kind: 'payment_of_unknown_order', subject: id, orderId: null, facts };
}

function ofStuck({ id, status, amount }: Intent, { orderId }: PaymentOwner): Finding<PersonKind> {
  return { kind: 'payment_not_given_back', subject: id, orderId, facts: { intentId: id, status, ...amount } };
}

async function settle(
  ctx: ReconcileContext,
  saga: OrderActivities,
  report: Report,
  intent: Intent,
  owner: PaymentOwner,
): Promise<void> {
  const { orderId } = owner;
  const facts = { intentId: intent.id, status: intent.status, amountMinor: intent.amount.amountMinor };
  const finding = { subject: intent.id, orderId, facts };
  if (owner.intentId !== intent.id) {
    // Adoption comes before the card is asked and is for good: nothing of ours will ever go on with this one.
    if (owner.intentId === null && !endedBadly(owner)) return;
    const given = await giveBack(ctx, orderId, intent.id);
    if (given) await report.repair({ kind: 'second_payment', ...finding }, given.action);
    return;
  }
  const byHand = intent.status === 'requires_capture' ? owner.voidSettled : owner.refundSettled;
  if (!endedBadly(owner) || byHand) return;
  const action = await endPayment(ctx, saga, orderId, intent.id);
  if (action !== null) await report.repair({ kind: 'payment_of_ended_order', ...finding }, action);
}

function endedBadly({ status }: PaymentOwner): boolean {
  return status === 'failed' || status === 'cancelled';
}
