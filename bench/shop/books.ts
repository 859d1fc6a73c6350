import { unsentNotices, auditedOrders, type AuditedOrder } from './audited-order.ts';
import { auditCharges } from './audit-charges.ts';
import { auditDatabase } from './audit-database.ts';
import { auditLabels } from './audit-labels.ts';
import { auditMails, repeatedMails } from './audit-mails.ts';
import { duration } from './figures.ts';
import { lostSends } from './lost-sends.ts';
import type { Shop } from './open-shop.ts';
import { query } from '../../src/db/pool.ts';
import sql from 'sql-template-tag';
import { until } from './wait.ts';

/** What the books said, in one line. */
export interface Books {
  readonly orders: readonly AuditedOrder[];
  readonly summary: string;
}

const shownProblems = 20;

/**
 * Waits until the shop is at rest, then compares the sandboxes' ledgers with the database: every order has ended and is
 * charged what it owes once, has one label or none, every mail once. Throws with everything that is wrong.
 */
export async function verifyBooks(shop: Shop, timeoutMs: number): Promise<Books> {
  await untilAtRest(shop, timeoutMs);
  const { pool, stripe, carrier, mail } = shop;
  const orders = await auditedOrders(pool);
  const [messages, balances, effects, labels, ownProblems] = await Promise.all([
    mail.messages(),
    stripe.balances(),
    stripe.ledger(),
    carrier.labels(),
    auditDatabase(pool),
  ]);
  const losses = [...shop.outages.losses, ...lostSends(shop.logsDir)];
  const problems = [
    ...ownProblems,
    ...auditCharges(orders, balances, effects),
    ...auditLabels(orders, labels),
    ...auditMails(orders, messages, losses),
  ];
  if (problems.length > 0) {
    const shown = problems.slice(0, shownProblems).join('\n  ');
    throw new Error(`the books are wrong in ${problems.length} places:\n  ${shown}`);
  }
  const counts = Map.groupBy(orders, ({ status }) => status);
  const byStatus = [...counts].map(([status, some]) => `${some.length} ${status}`).join(', ');
  const summary =
    `books right: ${orders.length} orders (${byStatus}), ` +
    `${balances.filter(({ charges }) => charges > 0).length} charges, ` +
    `${labels.reduce((sum, { labelsBought }) => sum + labelsBought, 0)} labels, ` +
    `${messages.length} mails (${repeatedMails(messages)} of them repeats after a lost reply)`;
  return { orders, summary };
}

interface Unrest {
  readonly open: number;
  readonly outbox: number;
  readonly attention: number;
}

/** Waits until every order has ended, the outbox is empty, the mails are sent and no webhook is under way. */
export async function untilAtRest(shop: Shop, timeoutMs: number): Promise<void> {
  let last = '';
  await until('the shop at rest', timeoutMs, async () => {
    const [rows, unsent, stripeHooks, carrierHooks] = await Promise.all([
      query<Unrest & Record<string, number>>(
        shop.pool,
        sql`select (select count(*) from open_orders) as open, (select count(*) from outbox) as outbox,
              (select count(*) from orders where attention_since is not null) as attention`,
      ),
      unsentNotices(shop.pool),
      shop.stripe.pendingWebhooks(),
      shop.carrier.pendingWebhooks(),
    ]);
    const [state] = rows;
    if (state === undefined) throw new Error('an aggregate gave no row');
    last = JSON.stringify({ ...state, unsent, stripeHooks, carrierHooks });
    if (state.attention > 0 && state.open === state.attention) throw new Error(`needs attention: ${last}`);
    const rest = state.open + state.outbox + unsent + stripeHooks + carrierHooks === 0;
    return rest || undefined;
  }).catch((error: unknown) => {
    throw new Error(`not at rest after ${duration(timeoutMs)}: ${last}`, { cause: error });
  });
}
