import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, noticeBackoff, providerBackoff } from '../../src/domain/policies.ts';

const backoffs = fc.oneof(
  fc.constantFrom(providerBackoff, noticeBackoff),
  fc
    .record({
      firstMs: fc.integer({ min: 1, max: 5_000 }),
      factor: fc.integer({ min: 1, max: 5 }),
      spread: fc.integer({ min: 1, max: 1_000 }),
    })
    .map(({ firstMs, factor, spread }) => ({ firstMs, factor, maxMs: firstMs * spread })),
);
const attempts = fc.integer({ min: 1, max: 10_000 });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the backoff between attempts', () => {
  test.each([
    [1, 0, 125],
    [1, 0.999_999, 250],
    [2, 0.999_999, 500],
    [7, 0, 7_500],
    [40, 0.999_999, 15_000],
  ])('after attempt %d with %d drawn is %d ms at a provider', (attempt, random, ms) => {
    expect(backoffMs(providerBackoff, attempt, random)).toBe(ms);
  });

  test('stays between half the first wait and the longest', () => {
    fc.assert(
      fc.property(backoffs, attempts, randoms, (backoff, attempt, random) => {
        const ms = backoffMs(backoff, attempt, random);
        expect(ms).toBeGreaterThanOrEqual(Math.round(backoff.firstMs / 2));
        expect(ms).toBeLessThanOrEqual(backoff.maxMs);
      }),
    );
  });

  test('never gets shorter from one attempt to the next', () => {
    fc.assert(
      fc.property(backoffs, attempts, randoms, (backoff, attempt, random) => {
        expect(backoffMs(backoff, attempt + 1, random)).toBeGreaterThanOrEqual(
          backoffMs(backoff, attempt, random),
        );
      }),
    );
  });

  test('waits at least as long as the provider asks for', () => {
    fc.assert(
      fc.property(backoffs, attempts, randoms, fc.nat(900_000), (backoff, attempt, random, askedMs) => {
        const own = backoffMs(backoff, attempt, random);
        expect(backoffMs(backoff, attempt, random, askedMs)).toBe(Math.max(own, askedMs));
      }),
    );
  });
});
