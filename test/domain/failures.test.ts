import { describe, expect, test } from 'vitest';
import {
  Failure,
  failureKinds,
  isFailureType,
  isOrderFailureType,
  isRefusalType,
  orderFailureTypes,
  refused,
  type FailureType,
} from '../../src/domain/failures.ts';

const types = Object.keys(failureKinds).filter(isFailureType);

describe('the kinds of failure', () => {
  test('that end an order are answers, which no retry changes', () => {
    expect(orderFailureTypes.filter((type) => !isRefusalType(type))).toEqual([]);
  });

  test('that are no answers pass by themselves or need an engineer', () => {
    const passing = types.filter((type) => !isRefusalType(type));
    expect(passing).toEqual<FailureType[]>([
      'Misconfigured',
      'ProviderUnavailable',
      'ProviderRateLimited',
      'ProviderReplayedFailure',
      'ProviderStateConflict',
      'DatabaseUnavailable',
    ]);
    for (const type of passing) expect(failureKinds[type].httpStatus).toBeGreaterThanOrEqual(500);
  });

  test('have an HTTP status each, and a refusal never a 5xx', () => {
    for (const type of types.filter(isRefusalType)) {
      expect(failureKinds[type].httpStatus).toBeGreaterThanOrEqual(400);
      expect(failureKinds[type].httpStatus).toBeLessThan(500);
    }
  });

  test.each(['toString', 'Error', '', null, 404])('do not include %j', (value) => {
    expect(isFailureType(value)).toBe(false);
    expect(isRefusalType(value)).toBe(false);
    expect(isOrderFailureType(value)).toBe(false);
  });

  test('are told by type, with their facts', () => {
    const failure = refused('OutOfStock', 'not enough of TEA in stock', { sku: 'TEA' });
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ type: 'OutOfStock', facts: { sku: 'TEA' }, retryAfterMs: undefined });
  });
});
