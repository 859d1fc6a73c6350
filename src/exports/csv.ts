import { stringify } from 'csv-stringify/sync';
import type { Cell, Column, Row } from '../domain/table.ts';
import { decimal } from './amounts.ts';
import type { Table, TableWriter } from './table.ts';

/** RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection). */
const dialect = { record_delimiter: '\r\n', escape_formulas: true } as const;

/** Where lists are separated by semicolons, as in German, Excel splits at them, and at tabs, whatever the file says. */
const formulaBehindSeparator = /([;\t][\s"]*)(?=[=+\-@＝＋－＠])/g;

const nothing = Buffer.alloc(0);

/** Comma-separated values in UTF-8, without a byte order mark. */
export function createCsvWriter({ columns, headed }: Table): TableWriter {
  const currencyAt = columns.findIndex(({ key }) => key === 'currency');
  const textsOf = (row: Row) =>
    columns.map(({ kind }, index) => textOf(kind, row[index] ?? null, row[currencyAt]));
  return {
    async begin() {
      return headed ? Buffer.from(stringify([columns.map(({ key }) => key)], dialect)) : nothing;
    },
    async write(rows) {
      return Buffer.from(stringify(rows.map(textsOf), dialect));
    },
    async end() {
      return nothing;
    },
  };
}

function textOf(kind: Column['kind'], cell: Cell, currency: Cell | undefined): string {
  if (cell === null) return '';
  if (kind === 'amount' && typeof cell === 'number') return decimal(cell, String(currency));
  return String(cell).replaceAll(formulaBehindSeparator, "$1'");
}
