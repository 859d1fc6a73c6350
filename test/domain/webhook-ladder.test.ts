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

/** When a message is tried that nobody takes, in milliseconds since the event. */
function attemptedAt(random: number): number[] {
  let at = 0;
  return [
    0,
    ...standardLadder.map((_pause, failed) => (at += pauseAfter(standardLadder, failed + 1, random)!)),
  ];
}

test('a receiver that is down for an hour misses four attempts, and is told two and a half hours after the event', () => {
  for (const random of [0, 0.999]) {
    const missed = attemptedAt(random).filter((at) => at < hour);
    expect(missed).toHaveLength(4);
    const told = attemptedAt(random)[missed.length]!;
    expect(told).toBeGreaterThanOrEqual(2 * hour + 35 * minute);
    // At most a tenth later.
    expect(told).toBeLessThan(2 * hour + 51 * minute);
  }
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
