import type { Invoice } from '../../domain/invoice.ts';
import type { Money } from '../../domain/money.ts';
import type { Address } from '../../domain/order.ts';
import { decimal } from '../amounts.ts';
import { newDocument } from './new-document.ts';
import { createTypesetter } from './typesetter.ts';

/** All in points. */
const margin = 56;
const bottom = 842 - margin;
const right = 595 - margin;
const lineHeight = 14;
const text = { size: 9 } as const;
const bold = { size: 9, weight: 'bold' } as const;
const nameWidth = 200;
const at = {
  sku: margin,
  name: margin + 108,
  quantity: margin + 345,
  unitPrice: margin + 415,
  lineTotal: right,
};

/** An invoice on as many pages as it takes: the same order gives the same bytes. */
export async function writeInvoice(invoice: Invoice): Promise<Uint8Array> {
  const title = `Invoice ${invoice.number}`;
  const { document, gathered } = newDocument(title, invoice.issuedAt, { layout: 'portrait', margin });
  const typesetter = createTypesetter(document);
  let y = margin;
  let pages = 0;

  function addPage(): void {
    document.addPage();
    pages += 1;
    y = margin;
    typesetter.line(`${title}, page ${pages}`, { x: margin, y: bottom + lineHeight }, { size: 7 });
  }

  function write(line: string, style: typeof text | typeof bold = text): void {
    typesetter.line(line, { x: margin, y, width: right - margin }, style);
    y += lineHeight;
  }

  function writeHead(): void {
    typesetter.line('SKU', { x: at.sku, y }, bold);
    typesetter.line('Product', { x: at.name, y }, bold);
    typesetter.line('Quantity', { x: at.quantity, y, align: 'right' }, bold);
    typesetter.line('Price', { x: at.unitPrice, y, align: 'right' }, bold);
    typesetter.line('Amount', { x: at.lineTotal, y, align: 'right' }, bold);
    y += lineHeight + 2;
    rule();
  }

  function rule(): void {
    document
      .moveTo(margin, y - 3)
      .lineTo(right, y - 3)
      .lineWidth(0.5)
      .stroke();
  }

  function writeLine({ sku, name, quantity, unitPrice, lineTotal }: Invoice['lines'][number]): void {
    const names = typesetter.wrap(name, nameWidth, text);
    if (y + names.length * lineHeight > bottom - lineHeight) {
      addPage();
      writeHead();
    }
    typesetter.line(sku, { x: at.sku, y, width: at.name - at.sku - 8 }, text);
    typesetter.line(String(quantity), { x: at.quantity, y, align: 'right' }, text);
    typesetter.line(amountOf(unitPrice), { x: at.unitPrice, y, align: 'right' }, text);
    typesetter.line(amountOf(lineTotal), { x: at.lineTotal, y, align: 'right' }, text);
    for (const part of names) {
      typesetter.line(part, { x: at.name, y, width: nameWidth }, text);
      y += lineHeight;
    }
  }

  await typesetter.prepare(JSON.stringify(invoice));
  addPage();
  typesetter.line('Invoice', { x: margin, y }, { size: 20, weight: 'bold' });
  y += 3 * lineHeight;
  write(`Number: ${invoice.number}`);
  write(`Date: ${invoice.issuedAt.slice(0, 10)}`);
  y += lineHeight;
  write('From', bold);
  for (const line of linesOf(invoice.seller)) write(line);
  y += lineHeight;
  write('To', bold);
  write(invoice.customer.name);
  write(invoice.customer.email);
  y += lineHeight;
  write('Delivery', bold);
  for (const line of linesOf(invoice.shippingAddress)) write(line);
  y += lineHeight;
  writeHead();
  for (const line of invoice.lines) writeLine(line);
  y += 4;
  rule();
  typesetter.line('Total', { x: at.sku, y }, bold);
  typesetter.line(amountOf(invoice.total), { x: at.lineTotal, y, align: 'right' }, bold);
  document.end();
  return gathered.takeLast();
}

function amountOf({ amountMinor, currency }: Money): string {
  return `${decimal(amountMinor, currency)} ${currency}`;
}

function linesOf({ name, line1, line2, city, postalCode, region, country }: Address): string[] {
  const place = [postalCode, city, region].filter(Boolean).join(' ');
  return [name, line1, ...(line2 === undefined ? [] : [line2]), place, country];
}
