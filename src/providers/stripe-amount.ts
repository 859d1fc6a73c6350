import { money, type Money } from '../domain/money.ts';

/**
 * Currencies without decimals whose amounts Stripe takes in hundredths all the same
 * (docs.stripe.com/currencies#special-cases).
 */
const inHundredths = new Set(['ISK', 'UGX']);

/** The amount as Stripe counts it. */
export function toStripeAmount({ amountMinor, currency }: Money): number {
  return inHundredths.has(currency) ? amountMinor * 100 : amountMinor;
}

/** The amount that Stripe counts like this, in a currency in upper case. */
export function fromStripeAmount(amount: number, currency: string): Money {
  return money(inHundredths.has(currency) ? amount / 100 : amount, currency);
}
