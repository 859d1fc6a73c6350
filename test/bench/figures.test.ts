import { expect, test } from 'vitest';
import { duration, median, quantile, spread } from '../../bench/shop/figures.ts';
import { randomFrom } from '../../bench/shop/random.ts';

test('a quantile is one of the values, and at least as large as its share of them', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.2, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 1, 3, 5, 5]);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});

test('durations are written in the unit that fits', () => {
  expect([3.14159, 123.4, 12_345].map(duration)).toEqual(['3.1 ms', '123 ms', '12.3 s']);
  expect(spread([1, 2])).toBe('n 2 · p50 1.0 ms · p95 2.0 ms · p99 2.0 ms · max 2.0 ms');
  expect(spread([])).toBe('none');
});

function draw(seed: number): number[] {
  const random = randomFrom(seed);
  return Array.from({ length: 100 }, random);
}

test('a seed says which moments are drawn', () => {
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw(1).every((value) => value >= 0 && value < 1)).toBe(true);
});
