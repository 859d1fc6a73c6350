import { expect, test } from 'vitest';
import { money } from '../../src/domain/money.ts';
import { cheapestRate, type Rate } from '../../src/providers/easypost.ts';

const rate = (id: string, cents: number, deliveryDays: number | null): Rate => ({
  id,
  carrier: 'USPS',
  service: 'Priority',
  price: money(cents, 'USD'),
  deliveryDays,
});

test('the cheapest rate is chosen', () => {
  expect(cheapestRate([rate('dear', 900, 1), rate('cheap', 590, 3), rate('dearer', 3310, 1)]).id).toBe(
    'cheap',
  );
});

test('of equally cheap rates the fastest is chosen, and a carrier that does not say comes last', () => {
  const rates = [rate('silent', 590, null), rate('slow', 590, 5), rate('fast', 590, 2)];
  expect(cheapestRate(rates).id).toBe('fast');
  expect(cheapestRate([rate('silent', 590, null), rate('slow', 590, 5)]).id).toBe('slow');
});

test('no rate at all needs an engineer', () => {
  expect(() => cheapestRate([])).toThrow('no carrier offers a rate for the parcel');
});
