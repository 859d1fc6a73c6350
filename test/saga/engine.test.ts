import { afterAll, describe, expect, test, vi } from 'vitest';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { isReset, isToldToCancel, losesItsRun } from './harness/engine-twists.ts';
import { historyProblems } from './harness/histories.ts';
import { attemptsOf } from './harness/recording.ts';
import { startStage, type Story } from './harness/stage.ts';
import { signalledOnItsWay, signalledWhenPaid } from './harness/signal-stories.ts';
import { cancelledWhenPaid, completes, neverFetched, paid, refusals } from './harness/stories.ts';
import {
  failsThenWorks,
  losesItsReply,
  runsAgainAfterTheEnd,
  runsBesideItself,
  runsTwice,
} from './harness/twists.ts';

vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage();
afterAll(() => stage.close());

const cancelledInTemporal: Story = {
  name: 'an order whose run is cancelled',
  end: 'cancelled',
  async drive(order, { rig, ...on }) {
    await paid(order, { rig, ...on });
    await rig.temporal.client.workflow.getHandle(orderWorkflowId(order.id)).cancel();
  },
};

const ofItsRun = (label: string) => !label.startsWith('sendNotice');
const forward = attemptsOf(await stage.record(completes)).filter(ofItsRun);
const backward = attemptsOf(await stage.record(cancelledWhenPaid)).filter(
  (label) => ofItsRun(label) && !forward.includes(label),
);

describe.concurrent('a run that is cancelled', () => {
  test('cancels its order', async () => {
    expect(await stage.play(cancelledInTemporal)).toEqual([]);
  });

  test.each([failsThenWorks, losesItsReply, runsTwice, runsBesideItself, runsAgainAfterTheEnd])(
    'cancels its order when the command %o',
    async (twist) => {
      expect(await stage.play(cancelledInTemporal, twist('acceptEngineCancel'))).toEqual([]);
    },
  );
});

describe.concurrent('a run that is sent the cancel signal by hand', () => {
  test('cancels its order, and the command is kept as that of Temporal', async () => {
    let kept: object[] = [];
    const problems = await stage.play(signalledWhenPaid, ({ id }) => ({
      afterwards: async () => {
        const commands = 'select kind, requested_by, reason from order_commands where order_id = $1';
        kept = (await stage.pool.query<object>(commands, [id])).rows;
      },
    }));
    expect(problems).toEqual([]);
    expect(kept).toEqual([
      { kind: 'cancel', requested_by: 'temporal', reason: 'the run was sent the cancel signal' },
    ]);
  });

  test('completes its order when the carrier has the parcel', async () => {
    expect(await stage.play(signalledOnItsWay)).toEqual([]);
  });

  describe.each([failsThenWorks, losesItsReply, runsTwice, runsBesideItself, runsAgainAfterTheEnd])(
    'ends right when %o comes in between',
    (twist) => {
      test('its acceptance', async () => {
        expect(await stage.play(signalledWhenPaid, twist('beginUnwinding'))).toEqual([]);
      });

      test.each(['beginUnwinding', 'resumePoint'])('its refusal, at %s', async (label) => {
        expect(await stage.play(signalledOnItsWay, twist(label))).toEqual([]);
      });
    },
  );

  describe.each(['before', 'after'] as const)('ends right when that was %s', (side) => {
    test.each(forward.slice(0, -1))('%s, and its order is cancelled', async (label) => {
      expect(await stage.play(neverFetched, isToldToCancel(label, side, 'cancelled'))).toEqual([]);
    });

    test.each(forward.slice(-1))('%s, and its order completes', async (label) => {
      expect(await stage.play(completes, isToldToCancel(label, side, 'completed'))).toEqual([]);
    });

    test.each(backward)('%s, and its order is being undone', async (label) => {
      expect(await stage.play(cancelledWhenPaid, isToldToCancel(label, side, 'cancelled'))).toEqual([]);
    });
  });
});

describe.concurrent('an order whose run is terminated', () => {
  describe.each(['before', 'after'] as const)('is taken up by a new run when that was %s', (side) => {
    test.each(forward)('%s, and completes', async (label) => {
      expect(await stage.play(completes, losesItsRun(label, side))).toEqual([]);
    });

    test.each(backward)('%s, and is cancelled', async (label) => {
      expect(await stage.play(cancelledWhenPaid, losesItsRun(label, side))).toEqual([]);
    });
  });
});

describe.concurrent('an order whose run is reset to its beginning', () => {
  // The first activity is part of the first workflow task, and after the last one the run is over.
  test.each(forward.slice(1, -1))('completes when that was in %s', async (label) => {
    expect(await stage.play(completes, isReset(label))).toEqual([]);
  });

  // What an order of more than there is does is all in its first workflow task.
  test.each(refusals.filter(({ failure }) => failure !== 'OutOfStock'))(
    'fails as it would have when $name was being undone',
    async (story) => {
      expect(await stage.play(story, isReset('voidPayment'))).toEqual([]);
    },
  );
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
