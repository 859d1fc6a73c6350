import type { Cell, Column, Row } from '../../domain/table.ts';
import { decimal } from '../amounts.ts';
import type { Table, TableWriter } from '../table.ts';
import { newDocument, nextPage } from './new-document.ts';
import { createTypesetter } from './typesetter.ts';

/** All in points. */
const margin = 36;
const gap = 6;
const lineHeight = 11;
const pageHeight = 595;
const text = { size: 7 } as const;
const head = { size: 7, weight: 'bold' } as const;
const titleStyle = { size: 14, weight: 'bold' } as const;

/** A table on A4, with its head on each page. */
export function createPdfTableWriter({ columns, title, notes, madeAt }: Table): TableWriter {
  const { document, gathered } = newDocument(title, madeAt, { layout: 'landscape', margin });
  const typesetter = createTypesetter(document);
  const currencyAt = columns.findIndex(({ key }) => key === 'currency');
  const shown = placed(columns);
  let pages = 0;
  let y = 0;

  function addPage(): void {
    nextPage(document);
    pages += 1;
    y = margin;
    if (pages === 1) writeTitle();
    for (const { column, place } of shown) typesetter.line(column.title, place(y), head);
    y += lineHeight + 2;
    document
      .moveTo(margin, y - 3)
      .lineTo(document.page.width - margin, y - 3)
      .lineWidth(0.5)
      .stroke();
    typesetter.line(`${title}, page ${pages}`, { x: margin, y: pageHeight - margin + lineHeight }, text);
  }

  function writeTitle(): void {
    typesetter.line(title, { x: margin, y }, titleStyle);
    y += 2 * lineHeight;
    for (const note of notes) {
      typesetter.line(note, { x: margin, y, width: document.page.width - 2 * margin }, text);
      y += lineHeight;
    }
    y += lineHeight / 2;
  }

  function writeRow(row: Row): void {
    if (y + lineHeight > pageHeight - margin) addPage();
    const currency = row[currencyAt] ?? null;
    for (const { column, index, place } of shown)
      typesetter.line(textOf(column, row[index] ?? null, currency), place(y), text);
    y += lineHeight;
  }

  return {
    async begin() {
      for (const note of notes) await typesetter.prepare(note);
      addPage();
      return gathered.take();
    },
    async write(rows) {
      for (const row of rows) {
        await typesetter.prepare(row.join(' '));
        writeRow(row);
      }
      // What has been compressed meanwhile comes along.
      await new Promise((resolve) => setImmediate(resolve));
      return gathered.take();
    },
    async end() {
      document.end();
      return gathered.takeLast();
    },
  };
}

/** Those columns that have room, and where: what is counted stands at the right. */
function placed(columns: readonly Column[]) {
  let left = margin;
  return columns.flatMap((column, index) => {
    if (column.pdfWidth === null) return [];
    const from = left;
    left += column.pdfWidth;
    const width = column.pdfWidth - gap;
    const right = column.kind === 'amount' || column.kind === 'whole';
    const place = (y: number) =>
      right ? ({ x: from + width, y, width, align: 'right' } as const) : { x: from, y, width };
    return [{ column, index, place }];
  });
}

function textOf({ kind }: Column, cell: Cell, currency: Cell): string {
  if (cell === null) return '';
  if (kind === 'amount' && typeof cell === 'number')
    return `${decimal(cell, String(currency))} ${String(currency)}`;
  if (kind === 'time') return String(cell).slice(0, 16).replace('T', ' ');
  return String(cell);
}
