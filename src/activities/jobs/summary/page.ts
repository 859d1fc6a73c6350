import { format } from '../../../domain/money.ts';
import { nameOfPart, partsOf, type Summary, type SummarySales } from '../../../domain/summary.ts';
import type { SummaryPage } from '../../../exports/pdf/summary.ts';
import { headingOf, ordersSentence, outstandingSentence, salesLine } from './words.ts';

/** What the PDF of a summary says: what became of its orders, its sales with a chart for each currency, its best sellers. */
export function pageOf(summary: Summary): SummaryPage {
  return {
    heading: headingOf(summary),
    madeAt: summary.madeAt.toISOString(),
    orders: ordersSentence(summary),
    sales: summary.sales.map((sales) => ({
      currency: sales.currency,
      sentence: salesLine(sales),
      bars: barsOf(summary, sales),
    })),
    bestSellers: summary.bestSellers.map(
      ({ name, sku, pieces, revenueMinor: amountMinor, currency }) =>
        `${name} (${sku}): ${pieces} × · ${format({ amountMinor, currency })}`,
    ),
    missing: outstandingSentence(summary),
  };
}

function barsOf(summary: Summary, { partsMinor }: SummarySales) {
  return partsOf(summary).map((beginsAt, index) => ({
    name: nameOfPart(summary, beginsAt),
    amountMinor: partsMinor[index] ?? 0,
  }));
}
