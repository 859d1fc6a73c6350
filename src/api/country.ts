const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** What Unicode names beside the countries: unions, the unknown, and regions made up for tests. */
const noCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

/** Whether the text is a country's ISO 3166-1 alpha-2 code, in capital letters. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !noCountries.has(code) && names.of(code) !== undefined;
}
