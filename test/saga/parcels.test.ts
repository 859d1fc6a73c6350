import { afterAll, describe, expect, test, vi } from 'vitest';
import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { transaction } from '../../src/db/pool.ts';
import { applyTracking } from '../../src/db/orders/shipments.ts';
import type { WatchedOrder } from '../support/order-watch.ts';
import { retryUntilItEnds } from './harness/command-twists.ts';
import { historyProblems } from './harness/histories.ts';
import { goesOn, tellToCancel } from './harness/signal-stories.ts';
import { startStage, type StagedOrder, type Stage, type Story } from './harness/stage.ts';
import { codeOf, completes, neverFetched, paid } from './harness/stories.ts';
import {
  failsThenWorks,
  losesItsReply,
  refuses,
  runsAgainAfterTheEnd,
  runsBesideItself,
  runsTwice,
} from './harness/twists.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The shortest that there is: the saga soon asks the carrier itself. */
const stage = await startStage({ variables: { ORDER_TRACKING_CHECK_AFTER_MS: '1000' } });
afterAll(() => stage.close());

/** What happens to the carrier's webhooks about an order. */
function webhooks(mode: FaultRequest['mode'], delayMs = 300): Story {
  return {
    ...completes,
    scripts({ id }, { sandboxes }) {
      const match = { orderId: id };
      sandboxes.easypost.faults.add({ operation: 'webhook.*', mode, match, delayMs, times: 'always' });
      return {};
    },
  };
}

describe.concurrent('a parcel whose webhooks', () => {
  test.each(['twice', 'delayed', 'out_of_order'] as const)(
    'come %s is followed to its door',
    async (mode) => {
      expect(await stage.play(webhooks(mode))).toEqual([]);
    },
  );

  test('never come is asked after', async () => {
    expect(await stage.play(webhooks('drop'))).toEqual([]);
  });

  test.each([failsThenWorks, losesItsReply, runsTwice, runsBesideItself, runsAgainAfterTheEnd])(
    'never come is asked after even when the question %o',
    async (twist) => {
      expect(await stage.play(webhooks('drop'), twist('checkTracking'))).toEqual([]);
    },
  );
});

/** The carrier's scans of an order's parcel, one after the other. */
function scans(...statuses: Parameters<Stage['sandboxes']['easypost']['carrier']['advance']>[1][]) {
  return async (order: StagedOrder, on: Stage): Promise<void> => {
    await paid(order, on);
    const { carrier } = on.sandboxes.easypost;
    for (const status of statuses) carrier.advance(codeOf(order, on) ?? '', status);
  };
}

/** The sandbox's carrier never tries again. */
async function arrivesAfterAll(order: StagedOrder, on: Stage): Promise<void> {
  const trackingCode = codeOf(order, on) ?? '';
  const news = {
    trackingCode,
    carrierShipmentId: null,
    status: 'delivered',
    occurredAt: new Date(),
  } as const;
  await transaction(on.pool, (tx) => applyTracking(tx, news));
}

const isCalled = ({ attentionStep }: WatchedOrder) => attentionStep === 'delivery';

describe.concurrent('a parcel in trouble', () => {
  test('is an operator’s business until it arrives after all', async () => {
    const troubled: Story = {
      name: 'an order whose parcel arrives at a second try',
      end: 'completed',
      async drive(order, on) {
        await scans('in_transit', 'failure')(order, on);
        await on.watch.until(order.id, 'attention', isCalled);
        await arrivesAfterAll(order, on);
        await retryUntilItEnds(order, on);
      },
    };
    expect(await stage.play(troubled)).toEqual([]);
  });

  test('stays an operator’s business when somebody sends the run the cancel signal', async () => {
    const signalled: Story = {
      name: 'an order with a parcel in trouble, and a cancel signal that comes too late',
      end: 'completed',
      async drive(order, on) {
        await scans('in_transit', 'failure')(order, on);
        await on.watch.until(order.id, 'attention', isCalled);
        await tellToCancel(order, on);
        await goesOn(order, on);
        await on.watch.until(order.id, 'attention once more', isCalled);
        await arrivesAfterAll(order, on);
        await retryUntilItEnds(order, on);
      },
    };
    expect(await stage.play(signalled)).toEqual([]);
  });

  test('that moves after its order has failed is not told to the customer', async () => {
    const moved: typeof neverFetched = { ...neverFetched };
    const twist = refuses('capturePayment');
    const problems = await stage.play(moved, (order, on, story) => ({
      ...twist(order, on, story),
      afterwards: async () => {
        await scans('in_transit', 'delivered')(order, on);
        await vi.waitFor(() => expect(on.sandboxes.easypost.summary()).toMatchObject({ pendingWebhooks: 0 }));
      },
    }));
    expect(problems).toEqual([]);
  });
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
