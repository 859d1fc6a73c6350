const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** What Unicode names beside the countries: unions, the unknown, and regions made up for tests. */
const noCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

const letters = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(65 + index));
const countries = new Set(
  letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountries.has(code) && names.of(code) !== undefined),
);

/** Whether the text is a country's ISO 3166-1 alpha-2 code, in capital letters. */
export function isCountry(code: string): boolean {
  return countries.has(code);
}
