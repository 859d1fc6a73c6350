import { afterAll, describe, expect, test, vi } from 'vitest';
import { historyProblems } from './harness/histories.ts';
import { attemptsOf } from './harness/recording.ts';
import { scheduleOf } from './harness/schedules.ts';
import { startStage } from './harness/stage.ts';
import { cancelledWhenPaid, completes } from './harness/stories.ts';

vi.setConfig({ testTimeout: 120_000 });

const orders = 100;
/** Another one every hour, so that new schedules are met over time; a seed in a test's name brings its schedule back. */
const firstSeed = Math.floor(Date.now() / 3_600_000) * orders;

const stage = await startStage({ variables: { ORDER_ATTEMPTS_BEFORE_ATTENTION: '20' } });
afterAll(() => stage.close());

const labels = [
  ...new Set([
    ...attemptsOf(await stage.record(completes)),
    ...attemptsOf(await stage.record(cancelledWhenPaid)),
  ]),
];

describe.concurrent('an order to which anything may happen', () => {
  const seeds = Array.from({ length: orders }, (_, at) => firstSeed + at);

  test.each(seeds)('ends right (seed %d)', async (seed) => {
    expect(await stage.play(completes, scheduleOf(seed, labels))).toEqual([]);
  });
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
