import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, maxAmountMinor, money, sum, times } from '../../src/domain/money.ts';

const amounts = fc.integer({ min: 1, max: maxAmountMinor });
const currencies = fc.constantFrom('EUR', 'USD', 'GBP', 'JPY', 'KWD');

describe('money', () => {
  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is never %d', (amountMinor) => {
    expect(() => money(amountMinor, 'EUR')).toThrow(RangeError);
  });

  test('times a quantity is the sum of that many', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 50 }), currencies, (unit, quantity, currency) => {
        const each = money(unit, currency);
        expect(times(each, quantity)).toEqual(sum(Array.from({ length: quantity }, () => each)));
      }),
    );
  });

  test('sums to the same whatever the order of the lines', () => {
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1 }), (minors) => {
        const lines = minors.map((minor) => money(minor, 'EUR'));
        expect(sum(lines.toReversed())).toEqual(sum(lines));
      }),
    );
  });

  test('of two currencies is never added', () => {
    expect(() => sum([money(1, 'EUR'), money(1, 'USD')])).toThrow('EUR and USD cannot be added');
  });

  test('of no lines has no sum', () => {
    expect(() => sum([])).toThrow(RangeError);
  });

  test.each([
    [4599, 'EUR', '45.99 EUR'],
    [5, 'EUR', '0.05 EUR'],
    [4599, 'JPY', '4599 JPY'],
    [4599, 'KWD', '4.599 KWD'],
    [99_999_999, 'USD', '999999.99 USD'],
  ])('%d minor units of %s read %s', (amountMinor, currency, text) => {
    expect(format(money(amountMinor, currency))).toBe(text);
  });

  test('is written without losing a cent', () => {
    fc.assert(
      fc.property(amounts, currencies, (minor, currency) => {
        expect(Number(format(money(minor, currency)).replace(/\D/g, ''))).toBe(minor);
      }),
    );
  });
});
