import { afterAll, describe, expect, test, vi } from 'vitest';
import { hasEnded } from '../../src/domain/order.ts';
import { cancelledDuring, stuck } from './harness/command-twists.ts';
import type { Script, Scripts } from './harness/director.ts';
import { historyProblems } from './harness/histories.ts';
import { startStage, type Stage, type StagedOrder, type Story, type Twist } from './harness/stage.ts';
import { handOver } from './harness/stories.ts';
import {
  failsThenWorks,
  losesItsReply,
  lost,
  onFirst,
  refuses,
  runsAgainAfterTheEnd,
  runsBesideItself,
  runsTwice,
} from './harness/twists.ts';

vi.setConfig({ testTimeout: 120_000 });

const longerThanAnyAuthorization = String(7 * 24 * 60 * 60 * 1_000);

const [stage, early] = await Promise.all([
  startStage(),
  startStage({ variables: { ORDER_CAPTURE_MARGIN_MS: longerThanAnyAuthorization } }),
]);
afterAll(() => Promise.all([stage.close(), early.close()]));

type Repair = ReturnType<typeof stuck>;

/** An order whose steps keep failing until somebody heals them; `see` is what the operator does. */
function needsOperator(
  labels: readonly string[],
  see: (order: StagedOrder, on: Stage, repairs: readonly Repair[]) => Promise<void>,
): Story {
  const repairs = new Map<string, readonly Repair[]>();
  const repairsOf = ({ id }: StagedOrder) => {
    const made = repairs.get(id) ?? labels.map((label) => stuck(label, 'never acts'));
    repairs.set(id, made);
    return made;
  };
  return {
    name: 'an order that needs an operator',
    end: 'completed',
    scripts: (order): Scripts => Object.assign({}, ...repairsOf(order).map(({ scripts }) => scripts)),
    async drive(order, on) {
      await Promise.all([see(order, on, repairsOf(order)), handOver(order, on)]);
    },
  };
}

/** The label cannot be bought until the operator has seen to it. */
const noLabel = needsOperator(['buyLabel'], async (order, on, [label]) => {
  await attentionOrEnd(order, on, 'buy_label');
  label?.heal();
  await on.shop.retry(order.id);
});

async function attentionOrEnd({ id }: StagedOrder, { watch }: Stage, step: string): Promise<void> {
  await watch.until(
    id,
    `attention for ${step}`,
    ({ status, attentionStep }) => hasEnded(status) || attentionStep === step,
  );
}

/** The call is raised and answered before the worker hears that it was raised. */
const answeredBeforeItsReply: Twist = (order, { watch }) => {
  const raise: Script = async ({ act }) => {
    await act();
    await watch.until(order.id, 'the operator', ({ attentionStep }) => attentionStep === null);
    throw lost('the reply to raiseAttention was lost');
  };
  return { scripts: { raiseAttention: onFirst(raise) } };
};

describe.concurrent('the call for an operator', () => {
  test.each([failsThenWorks, losesItsReply, runsTwice, runsBesideItself, runsAgainAfterTheEnd])(
    'leaves the order right when it %o',
    async (twist) => {
      expect(await stage.play(noLabel, twist('raiseAttention'))).toEqual([]);
    },
  );

  test.each(['before', 'after'] as const)('is not left standing when a cancel comes %s it', async (side) => {
    expect(await stage.play(noLabel, cancelledDuring('raiseAttention', side))).toEqual([]);
  });

  test('is not raised anew when its reply comes after the operator', async () => {
    expect(await stage.play(noLabel, answeredBeforeItsReply)).toEqual([]);
  });
});

describe.concurrent('an authorization that is about to expire', () => {
  test('is captured while the label waits for an operator', async () => {
    const story = needsOperator(['buyLabel'], async (order, on, [label]) => {
      await attentionOrEnd(order, on, 'buy_label');
      await on.watch.until(order.id, 'its capture', ({ paymentStatus }) => paymentStatus === 'captured');
      label?.heal();
      await on.shop.retry(order.id);
    });
    expect(await early.play(story)).toEqual([]);
  });

  test('leaves one step after the other to the operator when its capture fails as well', async () => {
    const story = needsOperator(['buyLabel', 'capturePayment'], async (order, on, [label, capture]) => {
      await attentionOrEnd(order, on, 'buy_label');
      await attentionOrEnd(order, on, 'capture_payment');
      capture?.heal();
      await on.shop.retry(order.id);
      await attentionOrEnd(order, on, 'buy_label');
      label?.heal();
      await on.shop.retry(order.id);
    });
    expect(await early.play(story)).toEqual([]);
  });

  test.each(['refused', 'cancelled'] as const)(
    'leaves nothing behind when the order is %s meanwhile',
    async (end) => {
      const story = needsOperator(['buyLabel'], async () => undefined);
      const twist: Twist = (order, on) => ({
        ...(end === 'refused' && refuses('capturePayment')(order, on, story)),
        meanwhile: async () => {
          if (end === 'refused') return;
          await on.watch.until(order.id, 'its capture', ({ paymentStatus }) => paymentStatus === 'captured');
          await on.shop.cancel(order.id);
        },
        end: () => (end === 'refused' ? 'failed' : 'cancelled'),
      });
      expect(await early.play({ ...story, drive: async () => undefined }, twist)).toEqual([]);
    },
  );
});

test('every history replays, and none tells of the customer', async () => {
  expect([...(await historyProblems(stage)), ...(await historyProblems(early))]).toEqual([]);
});
