import { WorkbookWriter } from '@cj-tech-master/excelts';
import type { Column, Row } from '../domain/table.ts';
import { decimal, decimalsOf } from './amounts.ts';
import { gatherInto } from './gather.ts';
import type { Table, TableWriter } from './table.ts';

/** Below the 1,048,576 that a sheet can have. */
const maxRowsOfSheet = 1_000_000;

const timeFormat = 'yyyy-mm-dd hh:mm:ss';

/** A workbook of Excel (ISO 29500). Text stays text whatever it begins with; amounts and times are numbers with a format. */
export function createXlsxWriter({ columns, title, madeAt }: Table, maxRows = maxRowsOfSheet): TableWriter {
  const { stream, gathered } = gatherInto();
  const created = new Date(madeAt);
  const book = new WorkbookWriter({ stream, created, modified: created, useStyles: true });
  const currencyAt = columns.findIndex(({ key }) => key === 'currency');
  let sheets = 0;
  let rowsOfSheet = 0;
  let sheet = addSheet();

  function addSheet() {
    sheets += 1;
    rowsOfSheet = 0;
    const name = sheets === 1 ? title : `${title} ${sheets}`;
    const added = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
    added.columns = columns.map((column) => ({ width: column.width, ...styleOf(column) }));
    const head = added.addRow(columns.map((column) => column.title));
    head.font = { bold: true };
    head.commit();
    return added;
  }

  function addRow(cells: Row): void {
    const currency = String(cells[currencyAt] ?? '');
    const row = sheet.addRow(columns.map(({ kind }, index) => valueOf(kind, cells[index] ?? null, currency)));
    const decimals = currency === '' ? usualDecimals : decimalsOf(currency);
    if (decimals !== usualDecimals)
      for (const [index, { kind }] of columns.entries())
        if (kind === 'amount') row.getCell(index + 1).numFmt = amountFormat(decimals);
    row.commit();
    rowsOfSheet += 1;
  }

  return {
    async begin() {
      return gathered.take();
    },
    async write(rows) {
      for (const row of rows) {
        if (rowsOfSheet === maxRows) {
          sheet.commit();
          sheet = addSheet();
        }
        addRow(row);
      }
      // What compresses has its turn, so that it never lags far behind.
      await new Promise((resolve) => setImmediate(resolve));
      return gathered.take();
    },
    async end() {
      sheet.commit();
      await book.commit();
      return gathered.takeLast();
    },
  };
}

const usualDecimals = 2;

function amountFormat(decimals: number): string {
  return decimals === 0 ? '0' : `0.${'0'.repeat(decimals)}`;
}

function styleOf({ kind }: Column) {
  if (kind === 'time') return { style: { numFmt: timeFormat } };
  if (kind === 'amount') return { style: { numFmt: amountFormat(usualDecimals) } };
  return {};
}

/** The number nearest to an amount is written with the amount's own digits: they are far fewer than a double keeps. */
function valueOf(kind: Column['kind'], cell: Row[number], currency: string): string | number | Date | null {
  if (cell === null) return null;
  if (kind === 'amount' && typeof cell === 'number') return Number(decimal(cell, currency));
  if (kind === 'time') return new Date(cell);
  return cell;
}
