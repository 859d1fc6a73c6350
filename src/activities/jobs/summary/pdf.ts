import { buffer } from 'node:stream/consumers';
import { createRequire } from 'node:module';
import Pdf from 'pdfkit';
import { format } from '../../../domain/money.ts';
import { nameOfPart, partsOf, type Summary, type SummarySales } from '../../../domain/summary.ts';
import { drawBars } from './chart.ts';
import { headingOf, ordersSentence, outstandingSentence, salesLine } from './words.ts';

const { resolve } = createRequire(import.meta.url);
const fonts = {
  plain: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
} as const;

const margin = 50;
const chartHeight = 170;

/** Draws a summary on a page: what became of its orders, its sales with a chart for each currency, its best sellers. */
export async function renderSummary(summary: Summary): Promise<Buffer> {
  const document = new Pdf({
    size: 'A4',
    margin,
    info: { Title: headingOf(summary), CreationDate: summary.madeAt },
  });
  const whole = buffer(document);
  document.font(fonts.bold).fontSize(16).text(headingOf(summary)).moveDown(0.5);
  document.font(fonts.plain).fontSize(10).text(ordersSentence(summary));
  if (summary.sales.length === 0) document.moveDown().text('Nothing was sold.');
  for (const sales of summary.sales) writeSales(document, summary, sales);
  writeBestSellers(document, summary);
  const missing = outstandingSentence(summary);
  if (missing !== null) document.moveDown().font(fonts.bold).fontSize(9).text(missing);
  document.end();
  return whole;
}

function writeSales(document: PDFKit.PDFDocument, summary: Summary, sales: SummarySales): void {
  if (document.y + chartHeight > document.page.height - 2 * margin) document.addPage();
  document.moveDown().font(fonts.bold).fontSize(11).fillColor('black').text(sales.currency);
  document.font(fonts.plain).fontSize(9).text(salesLine(sales));
  const bars = partsOf(summary).map((beginsAt, index) => ({
    name: nameOfPart(summary, beginsAt),
    amountMinor: sales.partsMinor[index] ?? 0,
  }));
  const top = document.y + 14;
  const box = { x: margin, y: top, width: document.page.width - 2 * margin, height: chartHeight };
  drawBars(document, bars, box, (amountMinor) => format({ amountMinor, currency: sales.currency }));
  document.fillColor('black').text('', margin, top + chartHeight + 8);
}

function writeBestSellers(document: PDFKit.PDFDocument, { bestSellers }: Summary): void {
  if (bestSellers.length === 0) return;
  document.moveDown().font(fonts.bold).fontSize(11).text('Best sellers');
  document.font(fonts.plain).fontSize(9);
  for (const { name, sku, pieces, revenueMinor, currency } of bestSellers) {
    document.text(`${name} (${sku}): ${pieces} × · ${format({ amountMinor: revenueMinor, currency })}`);
  }
}
