import { expect, test } from 'vitest';
import { pauseAfter, standardLadder } from '../../src/domain/webhook-ladder.ts';

const minute = 60_000;
const hour = 60 * minute;

test('the standard ladder has ten attempts in three days, three hours and a half, as Standard Webhooks gives it', () => {
  const since = standardLadder.map((_pause, at) =>
    standardLadder.slice(0, at + 1).reduce((all, one) => all + one, 0),
  );
  expect(since).toEqual([
    5_000,
    5 * minute + 5_000,
    35 * minute + 5_000,
    2 * hour + 35 * minute + 5_000,
    7 * hour + 35 * minute + 5_000,
    17 * hour + 35 * minute + 5_000,
    31 * hour + 35 * minute + 5_000,
    51 * hour + 35 * minute + 5_000,
    75 * hour + 35 * minute + 5_000,
  ]);
});

test('each failure is followed by its own pause, up to a tenth longer, and the last one by none', () => {
  const ladder = [100, 1_000];
  expect([pauseAfter(ladder, 1, 0), pauseAfter(ladder, 2, 0), pauseAfter(ladder, 3, 0)]).toEqual([
    100,
    1_000,
    null,
  ]);
  expect(pauseAfter(ladder, 2, 0.999)).toBe(1_100);
  expect(pauseAfter([], 1, 0)).toBeNull();
});

test('a receiver may ask for a longer pause, not for a shorter one, and not for one more', () => {
  expect([
    pauseAfter([100], 1, 0, 5_000),
    pauseAfter([100], 1, 0, 5),
    pauseAfter([100], 2, 0, 5_000),
  ]).toEqual([5_000, 100, null]);
});
