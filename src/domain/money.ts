/** An amount in the currency's smallest unit (cents for EUR), always a whole number. */
export interface Money {
  readonly amountMinor: number;
  /** ISO 4217, upper case: `EUR`. */
  readonly currency: string;
}

/** The largest amount of one order: Stripe takes at most eight digits (docs.stripe.com/currencies). */
export const maxAmountMinor = 99_999_999;

export function money(amountMinor: number, currency: string): Money {
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError(`not a whole amount: ${amountMinor}`);
  return { amountMinor, currency };
}

export function times(unit: Money, quantity: number): Money {
  return money(unit.amountMinor * quantity, unit.currency);
}

/** Adds amounts of one currency; throws a RangeError when they differ or when there is none. */
export function sum(amounts: readonly Money[]): Money {
  const [first, ...rest] = amounts;
  if (!first) throw new RangeError('the sum of no amounts has no currency');
  return rest.reduce((total, amount) => {
    if (amount.currency !== total.currency)
      throw new RangeError(`${total.currency} and ${amount.currency} cannot be added`);
    return money(total.amountMinor + amount.amountMinor, total.currency);
  }, first);
}

/** `45.99 EUR`, with the number of decimals that the currency has. */
export function format({ amountMinor, currency }: Money): string {
  const formatter = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = formatter.resolvedOptions().maximumFractionDigits ?? 2;
  return `${(amountMinor / 10 ** digits).toFixed(digits)} ${currency}`;
}
