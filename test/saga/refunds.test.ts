import { afterAll, describe, expect, test, vi } from 'vitest';
import { createStripeClient } from '../../src/providers/stripe-client.ts';
import type { Refund } from '../../src/providers/stripe.ts';
import { providerKey } from '../../src/domain/ids.ts';
import { money } from '../../src/domain/money.ts';
import { totalMinor } from '../support/shop.ts';
import { expectAttention, retryUntilItEnds, stuck } from './harness/command-twists.ts';
import type { Script } from './harness/director.ts';
import { historyProblems } from './harness/histories.ts';
import { startStage, type StagedOrder, type Twist } from './harness/stage.ts';
import { cancelledWhenPaid } from './harness/stories.ts';
import { onFirst } from './harness/twists.ts';

vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage();
afterAll(() => stage.close());

const dashboard = createStripeClient({ apiKey: 'sk_test_rig', ...stage.rig.config.stripe });
const undo = 'undo capture_payment';
const part = 1_500;

/** Somebody gives money back in Stripe's dashboard: all that is left, or so much. */
async function refundByHand({ id }: StagedOrder, amount?: number): Promise<string> {
  const balance = stage.sandboxes.stripe.balances().find(({ orderId }) => orderId === id);
  const [intentId = ''] = balance?.paymentIntentIds ?? [];
  const refund = await dashboard.refunds.create({
    payment_intent: intentId,
    ...(amount !== undefined && { amount }),
  });
  return refund.id;
}

/** What our books say that the order's money did, and by which refund it was given back last. */
async function booked({ id }: StagedOrder): Promise<unknown> {
  const { rows } = await stage.pool.query(
    `select payment_status as "status", captured_minor as captured, refunded_minor as refunded, refund_id as "refundId",
       (select json_agg(json_build_array(entry, account, amount_minor) order by id) from postings where order_id = o.id) as postings
     from orders o join payments on order_id = o.id where o.id = $1`,
    [id],
  );
  return rows[0];
}

function givenBackBy(refundId: unknown) {
  return {
    status: 'refunded',
    captured: totalMinor,
    refunded: totalMinor,
    refundId,
    postings: [
      ['capture', 'provider_balance', totalMinor],
      ['capture', 'sales', -totalMinor],
      ['refund', 'sales_refunds', totalMinor],
      ['refund', 'provider_balance', -totalMinor],
    ],
  };
}

describe.concurrent('a refund made in the dashboard', () => {
  test('in full is the order’s refund once an operator has had the undo tried again', async () => {
    let byHand = '';
    let books: unknown;
    const twist: Twist = (order, on) => {
      const { scripts, heal } = stuck('payments.refund', 'never acts');
      return {
        scripts,
        async meanwhile() {
          await expectAttention(order, on, undo);
          byHand = await refundByHand(order);
          heal();
          await on.shop.retry(order.id);
        },
        async afterwards() {
          books = await booked(order);
        },
      };
    };
    expect(await stage.play(cancelledWhenPaid, twist)).toEqual([]);
    expect(books).toEqual(givenBackBy(byHand));
  });

  test.each([
    ['in full', undefined],
    ['in part', part],
  ])(
    '%s while the order is being undone leaves no more than the rest to give back',
    async (_what, amount) => {
      let byHand = '';
      let books: unknown;
      let calls: readonly string[] = [];
      const beforeUndo: Script = async ({ act, orderId }) => {
        byHand = await refundByHand({ id: orderId, sku: '' }, amount);
        return act();
      };
      const twist: Twist = (order, on) => ({
        scripts: { refundPayment: onFirst(beforeUndo) },
        async afterwards() {
          books = await booked(order);
          calls = on.director.recordsOf(order.id).map(({ label }) => label);
        },
      });
      expect(await stage.play(cancelledWhenPaid, twist)).toEqual([]);
      expect(books).toEqual(givenBackBy(expect.any(String)));
      expect(Object(books).refundId === byHand).toBe(amount === undefined);
      expect(calls.includes('payments.refund')).toBe(amount !== undefined);
      expect(calls).not.toContain('raiseAttention');
    },
  );

  test('makes up for one of ours that has failed, which is never tried anew', async () => {
    let byHand = '';
    let books: unknown;
    const failed: Refund[] = [];
    const twist: Twist = (order, on) => ({
      scripts: {
        async 'payments.refund'() {
          const key = providerKey(order.id, 'refund', 1);
          const made = { id: 're_failed', amount: money(totalMinor, 'USD'), key, orderId: order.id };
          failed.push({ ...made, status: 'failed', intentId: null });
          return failed[0];
        },
        async 'payments.listRefunds'({ act }) {
          const listed = await act();
          return [...(Array.isArray(listed) ? listed : []), ...failed];
        },
      },
      async meanwhile() {
        await expectAttention(order, on, undo);
        byHand = await refundByHand(order);
        await retryUntilItEnds(order, on);
      },
      async afterwards() {
        books = await booked(order);
      },
    });
    expect(await stage.play(cancelledWhenPaid, twist)).toEqual([]);
    expect(failed).toHaveLength(1);
    expect(books).toEqual(givenBackBy(byHand));
  });
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
