import { afterAll, describe, expect, test, vi } from 'vitest';
import {
  cancelledDuring,
  stuckUntilCancelled,
  stuckUntilRetried,
  troubles,
} from './harness/command-twists.ts';
import { fates, landings, landsLate, type HangsAt } from './harness/late-twists.ts';
import { attemptsOf, callsOf } from './harness/recording.ts';
import { actions, steps, undos } from './harness/saga-steps.ts';
import { historyProblems } from './harness/histories.ts';
import { startStage } from './harness/stage.ts';
import { cancelledWhenPaid, completes, neverFetched, refusals } from './harness/stories.ts';
import {
  failsThenWorks,
  losesItsReply,
  refuses,
  runsAgainAfterTheEnd,
  runsBesideItself,
  runsTwice,
} from './harness/twists.ts';

// Many orders share the machine, and some of them back off.
vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage();
afterAll(() => stage.close());

const completed = await stage.record(completes);
const unwound = await stage.record(cancelledWhenPaid);
const forward = attemptsOf(completed);
const backward = attemptsOf(unwound).filter((label) => !forward.includes(label));

test('the recordings show every step done and undone', () => {
  expect(forward.filter((label) => actions.has(label))).toEqual(steps.map(({ run }) => run));
  expect(backward.filter((label) => undos.has(label))).toEqual(steps.map(({ undo }) => undo).toReversed());
});

const mishaps = [
  { mishap: 'acts and its reply is lost', twist: losesItsReply },
  { mishap: 'runs beside itself', twist: runsBesideItself },
  { mishap: 'fails, then works', twist: (label: string) => failsThenWorks(label) },
  { mishap: 'runs twice', twist: runsTwice },
  { mishap: 'runs again after the end', twist: runsAgainAfterTheEnd },
];
/** Refusals unwind as every order does; what is their own is what they do once more. */
const repeats = mishaps.slice(0, 2);

describe.concurrent.each([
  { story: completes, labels: forward, wrongs: mishaps },
  { story: cancelledWhenPaid, labels: backward, wrongs: mishaps },
  ...(await Promise.all(
    refusals.map(async (story) => ({
      story,
      labels: attemptsOf(await stage.record(story)),
      wrongs: repeats,
    })),
  )),
])('$story.name', ({ story, labels, wrongs }) => {
  describe.each(wrongs)('ends right when an activity $mishap', ({ twist }) => {
    test.each(labels)('%s', async (label) => {
      expect(await stage.play(story, twist(label))).toEqual([]);
    });
  });
});

describe.concurrent('an order that is refused', () => {
  test.each(steps)('leaves nothing behind when $run says no', async ({ run }) => {
    expect(await stage.play(completes, refuses(run))).toEqual([]);
  });
});

describe.concurrent('an order that is cancelled', () => {
  describe.concurrent.each(['before', 'after'] as const)(
    'leaves nothing behind when the cancel comes %s',
    (side) => {
      test.each(forward)('%s acts', async (label) => {
        expect(await stage.play(completes, cancelledDuring(label, side))).toEqual([]);
      });

      test.each(backward)('%s acts, a second time', async (label) => {
        expect(await stage.play(cancelledWhenPaid, cancelledDuring(label, side))).toEqual([]);
      });
    },
  );
});

describe.concurrent('an attempt that lands late', () => {
  const places = steps.flatMap((step) =>
    [
      'the start' as const,
      ...callsOf(completed, step.run).flatMap((call) => [
        { call, side: 'before' as const },
        { call, side: 'after' as const },
      ]),
    ].map((at: HangsAt) => ({
      step,
      at,
      place: at === 'the start' ? `at ${at} of ${step.run}` : `${at.side} ${at.call}`,
    })),
  );
  const cases = places.flatMap((place) =>
    fates.flatMap((fate) =>
      landings
        .filter((landing) => fate !== 'retried' || landing === 'after the end')
        .map((landing) => ({ ...place, fate, landing })),
    ),
  );

  test.each(cases)('after it hung $place leaves the order $fate when it lands $landing', async (one) => {
    const story = one.fate === 'retried' ? completes : neverFetched;
    expect(await stage.play(story, landsLate(one.step, one.at, one.fate, one.landing))).toEqual([]);
  });
});

describe.concurrent.each(troubles)('a step that %s', (trouble) => {
  test.each(steps)('completes once an operator has had $run tried again', async ({ run, name }) => {
    expect(await stage.play(completes, stuckUntilRetried(run, name, trouble))).toEqual([]);
  });

  test.each(steps)('leaves nothing behind when the order is cancelled at $run', async (step) => {
    expect(await stage.play(neverFetched, stuckUntilCancelled(step, trouble))).toEqual([]);
  });

  test.each(steps)('is undone once an operator has had $undo tried again', async ({ undo, name }) => {
    expect(await stage.play(cancelledWhenPaid, stuckUntilRetried(undo, `undo ${name}`, trouble))).toEqual([]);
  });
});

describe('when everything is over', () => {
  test('no order is open and every book balances', async () => {
    const { rows } = await stage.pool.query(
      'select (select count(*) from open_orders) as open, (select count(*) from imbalances) as off',
    );
    expect(rows).toEqual([{ open: 0, off: 0 }]);
  });

  test('every history replays, and none tells of the customer', async () => {
    expect(await historyProblems(stage)).toEqual([]);
  });
});
