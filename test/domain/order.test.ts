import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasEnded,
  mayFollow,
  nextStatuses,
  orderStatuses,
  type OrderStatus,
} from '../../src/domain/order.ts';

const statuses = fc.constantFrom(...orderStatuses);

/** Goes wherever it is told to go and may. */
const walk = (steps: readonly OrderStatus[]): OrderStatus[] =>
  steps.reduce<OrderStatus[]>(
    (path, to) => (mayFollow(path.at(-1) ?? 'pending', to) ? [...path, to] : path),
    ['pending'],
  );

describe('the life of an order', () => {
  test.each([
    ['pending', ['processing', 'failed', 'cancelled']],
    ['processing', ['confirmed', 'failed', 'cancelled']],
    ['confirmed', ['completed', 'failed', 'cancelled']],
    ['completed', []],
    ['failed', []],
    ['cancelled', []],
  ] as const)('goes from %s to %j', (from, to) => {
    expect(orderStatuses.filter((status) => mayFollow(from, status))).toEqual(to);
  });

  test('has exactly the ends completed, failed and cancelled', () => {
    expect(orderStatuses.filter(hasEnded)).toEqual(['completed', 'failed', 'cancelled']);
  });

  test('visits no status twice and nothing after its end', () => {
    fc.assert(
      fc.property(fc.array(statuses), (steps) => {
        const path = walk(steps);
        expect(new Set(path).size).toBe(path.length);
        expect(path.slice(0, -1).filter(hasEnded)).toEqual([]);
      }),
    );
  });

  test('can end from every status that is not an end', () => {
    for (const status of orderStatuses.filter((one) => !hasEnded(one))) {
      expect(nextStatuses[status]).toEqual(expect.arrayContaining(['failed', 'cancelled']));
    }
  });
});
