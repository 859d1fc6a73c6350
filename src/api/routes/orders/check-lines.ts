import type { Product } from '../../../db/products/catalogue.ts';
import { maxAmountMinor } from '../../../domain/money.ts';
import type { InputError } from '../../problems/errors.ts';

/** A line as asked for; `index` is its place in the request. */
export interface AskedLine {
  readonly index: number;
  readonly sku: string;
  readonly quantity: number;
}

/** What no schema can tell about an order's lines: all of it. */
export function lineErrors(lines: readonly AskedLine[], products: readonly Product[]): InputError[] {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return [
    ...repeatedLines(lines),
    ...lines
      .filter(({ sku }) => !bySku.has(sku))
      .map(({ index }) => ({ pointer: `#/items/${index}/sku`, detail: 'is not in the catalogue' })),
    ...mixedCurrencies(products),
    ...tooLargeTotal(lines, bySku),
  ];
}

function repeatedLines(lines: readonly AskedLine[]): InputError[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ sku, index }) => {
    const earlier = first.get(sku);
    if (earlier === undefined) first.set(sku, index);
    return earlier === undefined
      ? []
      : [{ pointer: `#/items/${index}/sku`, detail: `stands in #/items/${earlier} already` }];
  });
}

function mixedCurrencies(products: readonly Product[]): InputError[] {
  const currencies = [...new Set(products.map(({ price }) => price.currency))].toSorted();
  if (currencies.length <= 1) return [];
  return [
    { pointer: '#/items', detail: `has prices in ${currencies.join(' and ')}; an order has one currency` },
  ];
}

function tooLargeTotal(lines: readonly AskedLine[], bySku: ReadonlyMap<string, Product>): InputError[] {
  const total = lines.reduce(
    (sum, { sku, quantity }) => sum + (bySku.get(sku)?.price.amountMinor ?? 0) * quantity,
    0,
  );
  if (total <= maxAmountMinor) return [];
  return [
    { pointer: '#/items', detail: `comes to more than ${maxAmountMinor}, the most that one payment takes` },
  ];
}
