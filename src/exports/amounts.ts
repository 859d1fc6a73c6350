const digits = new Map<string, number>();

/** How many decimals amounts of the currency have: 2 for EUR, 0 for JPY, 3 for KWD. */
export function decimalsOf(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    known = format.resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}

/** `45.99` for 4599 in EUR: written digit by digit, so that no rounding comes in between. */
export function decimal(amountMinor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return String(amountMinor);
  const sign = amountMinor < 0 ? '-' : '';
  const all = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  return `${sign}${all.slice(0, -decimals)}.${all.slice(-decimals)}`;
}
