import { format } from '../../domain/money.ts';
import { drawBars, type Bar } from './bars.ts';
import { newDocument } from './new-document.ts';
import { createTypesetter, type TextStyle } from './typesetter.ts';

/** What the page of a summary says. */
export interface SummaryPage {
  readonly heading: string;
  /** RFC 3339. */
  readonly madeAt: string;
  /** What became of the orders. */
  readonly orders: string;
  /** By currency, with a bar for each part of the span. */
  readonly sales: readonly {
    readonly currency: string;
    readonly sentence: string;
    readonly bars: readonly Bar[];
  }[];
  /** The best first. */
  readonly bestSellers: readonly string[];
  /** What has yet to be counted; null where nothing has. */
  readonly missing: string | null;
}

/** All in points. */
const margin = 50;
const width = 595 - 2 * margin;
const bottom = 842 - margin;
const chartHeight = 170;
const headingStyle = { size: 16, weight: 'bold' } as const;
const titleStyle = { size: 11, weight: 'bold' } as const;
const missingStyle = { size: 9, weight: 'bold' } as const;
const text = { size: 9 } as const;
/** Of a line, by the size of its letters. */
const leading = 1.4;

/** A summary with a chart for each currency, on as many pages as it takes: the same summary gives the same bytes. */
export async function writeSummary(page: SummaryPage): Promise<Uint8Array> {
  const { document, gathered } = newDocument(page.heading, page.madeAt, { layout: 'portrait', margin });
  const typesetter = createTypesetter(document);
  let y = margin;

  function room(height: number): void {
    if (y + height <= bottom) return;
    document.addPage();
    y = margin;
  }

  function write(words: string, style: TextStyle): void {
    for (const line of typesetter.wrap(words, width, style)) {
      room(style.size * leading);
      typesetter.line(line, { x: margin, y }, style);
      y += style.size * leading;
    }
  }

  function writeSales({ currency, sentence, bars }: SummaryPage['sales'][number]): void {
    const above = 14;
    room(chartHeight + 6 * titleStyle.size + above);
    y += titleStyle.size;
    write(currency, titleStyle);
    write(sentence, text);
    const box = { x: margin, y: y + above, width, height: chartHeight };
    drawBars({ document, typesetter }, bars, box, (amountMinor) => format({ amountMinor, currency }));
    y = box.y + chartHeight + titleStyle.size;
  }

  const all = [page.heading, page.orders, ...page.bestSellers].join(' ');
  await typesetter.prepare(all);
  document.addPage();
  write(page.heading, headingStyle);
  y += headingStyle.size / 2;
  write(page.orders, text);
  if (page.sales.length === 0) write('Nothing was sold.', text);
  for (const sales of page.sales) writeSales(sales);
  if (page.bestSellers.length > 0) {
    room(3 * titleStyle.size);
    write('Best sellers', titleStyle);
    for (const line of page.bestSellers) write(line, text);
  }
  if (page.missing !== null) {
    y += titleStyle.size;
    write(page.missing, missingStyle);
  }
  document.end();
  return gathered.takeLast();
}
