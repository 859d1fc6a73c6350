import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { createCsvWriter } from '../../src/exports/csv.ts';
import type { Table } from '../../src/exports/table.ts';
import type { Row } from '../../src/domain/table.ts';
import { rowsOf, tableOf } from './sample.ts';

async function write(rows: readonly Row[], changes: Partial<Table> = {}): Promise<string> {
  const writer = createCsvWriter(tableOf('csv', changes));
  const parts = [await writer.begin(), await writer.write(rows), await writer.end()];
  return Buffer.concat(parts).toString();
}

function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true });
}

it('names its columns as the API does, and leaves the names out of a later part', async () => {
  const [first = ''] = (await write([])).split('\r\n');
  expect(first).toBe(
    'orderId,createdAt,status,paymentStatus,fulfillmentStatus,customerId,customerName,customerEmail,country,pieces,total,captured,refunded,currency,updatedAt',
  );
  expect(await write([], { headed: false })).toBe('');
  expect(await write(rowsOf(['Ada']), { headed: false })).toMatch(/^019aab1c/);
});

it('gives back whatever a cell holds', async () => {
  const names = [
    'O’Neil, "Q"',
    'two\nlines',
    'Zoë',
    '李雷',
    'أحمد',
    '😀',
    ' spaces ',
    '',
    "'quoted'",
    'a;b\tc',
  ];
  const rows = read(await write(rowsOf(names)));
  expect(rows.map(({ customerName }) => customerName)).toEqual(names);
  expect(rows[0]).toMatchObject({ pieces: '3', total: '45.99', currency: 'EUR', refunded: '0.00' });
});

it.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '=HYPERLINK("http://x","y")',
])('has no spreadsheet take %j for a formula', async (name) => {
  const text = await write(rowsOf([name]));
  expect(read(text)[0]?.['customerName']).toBe(`'${name}`);
});

it.each([
  ['Ada;=1+1', "Ada;'=1+1"],
  ['Ada; -1', "Ada; '-1"],
  ['a\t@SUM(A1);+1', "a\t'@SUM(A1);'+1"],
  ['a;"=1+1', 'a;"\'=1+1'],
  ['a;＝1', "a;'＝1"],
  ['1;2-1', '1;2-1'],
])('has none take %j for a formula that splits cells at semicolons or tabs', async (name, written) => {
  expect(read(await write(rowsOf([name])))[0]?.['customerName']).toBe(written);
});

it.each([
  ['EUR', 1, '0.01'],
  ['EUR', 99_999_999, '999999.99'],
  ['JPY', 4599, '4599'],
  ['KWD', 4599, '4.599'],
  ['KWD', 5, '0.005'],
])('writes amounts in %s exactly', async (currency, total, written) => {
  expect(read(await write(rowsOf(['Ada'], { currency, total })))[0]).toMatchObject({ total: written });
});
