import {
  allowLongLook,
  listEndedHolds,
  listImbalances,
  listPoisoned,
  listReservedByEnded,
  type Imbalance,
  type PoisonedEntry,
} from '../../db/orders/ended-holds.ts';
import { listOpen, prune } from '../../db/findings.ts';
import { raiseAttention } from '../../db/orders/life.ts';
import { listExpiring, type ExpiringAuthorization } from '../../db/orders/payment-owners.ts';
import { transaction } from '../../db/pool.ts';
import { isOrderId } from '../../domain/ids.ts';
import { authorizationWatch } from '../../domain/order.ts';
import type { Finding, PersonKind } from '../../domain/reconciler.ts';
import type { OrderActivities } from '../index.ts';
import type { ReconcileContext } from './context.ts';
import { freeStock, releaseHold } from './holds.ts';
import { sendOwedNotices } from './notices.ts';
import { createReport, type Report } from './report.ts';
import { unlessFailing } from './unless-failing.ts';
import { whenDue } from './when-due.ts';

/** How long what was found and is closed is kept. */
const keptDays = 90;

/** What our own books say: holds of ended orders, mails owed, what cannot be delivered, and whether all of it balances. */
export function createBooksLook(ctx: ReconcileContext, saga: OrderActivities) {
  const { pool, limits } = ctx;

  return {
    async reconcileBooks(): Promise<number> {
      const report = createReport(ctx);
      await freeReserved(report);
      const poisoned = await listPoisoned(pool, ctx.poisonedAfterAttempts, limits.batchSize);
      await report.forPeople(['outbox_poisoned'], poisoned.map(ofPoisoned), cutShort(poisoned));
      await whenDue(pool, 'books', limits.restFactor, () => lookThroughBooks(report));
      ctx.events.reconcilerPassed();
      return report.count;
    },
  };

  async function freeReserved(report: Report): Promise<void> {
    for (const { orderId, status } of await listReservedByEnded(pool, limits.batchSize)) {
      const finding = { subject: orderId, orderId, facts: { status } };
      await report.repair({ kind: 'stock_of_ended_order', ...finding }, 'released', (tx) =>
        freeStock(tx, orderId),
      );
    }
  }

  async function lookThroughBooks(report: Report): Promise<void> {
    await watchAuthorizations(report);
    await sendOwedNotices(ctx, report);
    const holds = await transaction(pool, async (tx) => {
      await allowLongLook(tx);
      return listEndedHolds(tx, limits.batchSize);
    });
    for (const hold of holds)
      await unlessFailing(ctx.events, { kind: 'hold_of_ended_order', subject: hold.orderId }, () =>
        releaseHold(ctx, saga, report, hold),
      );
    const imbalances = await transaction(pool, async (tx) => {
      await allowLongLook(tx);
      return listImbalances(tx, limits.batchSize);
    });
    await prune(pool, keptDays, limits.batchSize);
    await report.forPeople(['imbalance'], imbalances.map(ofImbalance), cutShort(imbalances));
  }

  /** The saga captures early where it can; what is left when its own margin is used up needs a person. */
  async function watchAuthorizations(report: Report): Promise<void> {
    const known = await listOpen(pool, ['authorization_expires']);
    const expiring = await listExpiring(pool, limits.expiryMarginMs, limits.batchSize);
    for (const authorization of expiring) {
      if (!known.includes(authorization.orderId)) await raise(authorization);
    }
    await report.forPeople(['authorization_expires'], expiring.map(ofExpiring), cutShort(expiring));
  }

  async function raise({ orderId, captureBefore, attentionStep }: ExpiringAuthorization): Promise<void> {
    if (attentionStep !== null) return;
    const until = captureBefore.toISOString();
    const reason = `the payment is authorized until ${until} and not captured`;
    const call = { step: authorizationWatch, reason, call: until };
    const raised = await transaction(pool, (tx) => raiseAttention(tx, orderId, call));
    if (raised) ctx.events.needsAttention({ orderId, step: authorizationWatch, reason });
  }

  function cutShort(found: readonly unknown[]): { cutShort: boolean } {
    return { cutShort: found.length >= limits.batchSize };
  }
}

function ofPoisoned({ id, orderId, ...facts }: PoisonedEntry): Finding<PersonKind> {
  return { kind: 'outbox_poisoned', subject: String(id), orderId, facts: { entry: facts.kind, ...facts } };
}

function ofImbalance({ kind, subject, facts }: Imbalance): Finding<PersonKind> {
  const orderId = isOrderId(subject) ? subject : null;
  return { kind: 'imbalance', subject: `${kind}/${subject}`, orderId, facts: { view: kind, ...facts } };
}

function ofExpiring({ orderId, captureBefore, attentionStep }: ExpiringAuthorization): Finding<PersonKind> {
  const facts = { captureBefore: captureBefore.toISOString() };
  // Where the order waits for nobody yet it is made to, and that raises an alert of its own.
  return { kind: 'authorization_expires', subject: orderId, orderId, facts, isTold: attentionStep === null };
}
