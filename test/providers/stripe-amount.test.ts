import { expect, test } from 'vitest';
import { money } from '../../src/domain/money.ts';
import { fromStripeAmount, toStripeAmount } from '../../src/providers/stripe-amount.ts';

test.each([
  ['EUR', 4599, 4599],
  ['JPY', 4599, 4599],
  ['KWD', 45990, 45990],
  ['ISK', 4599, 459_900],
  ['UGX', 4599, 459_900],
])('Stripe counts %s %d as %d', (currency, amountMinor, stripeAmount) => {
  expect(toStripeAmount(money(amountMinor, currency))).toBe(stripeAmount);
  expect(fromStripeAmount(stripeAmount, currency)).toEqual(money(amountMinor, currency));
});
