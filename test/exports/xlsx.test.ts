import readSheets from 'read-excel-file/node';
import { expect, it } from 'vitest';
import type { Row } from '../../src/domain/table.ts';
import { createXlsxWriter } from '../../src/exports/xlsx.ts';
import { rowsOf, tableOf } from './sample.ts';

async function write(rows: readonly Row[], maxRows?: number): Promise<Buffer> {
  const writer = createXlsxWriter(tableOf('xlsx'), maxRows);
  const parts = [await writer.begin()];
  for (const row of rows) parts.push(await writer.write([row]));
  parts.push(await writer.end());
  return Buffer.concat(parts);
}

const sheetsOf = async (file: Buffer) => readSheets(file);

it('has a head and typed cells: text, numbers and times', async () => {
  const [sheet] = await sheetsOf(await write(rowsOf(['Ada Lovelace'])));
  expect(sheet?.sheet).toBe('Orders');
  const [head = [], row = []] = sheet?.data ?? [];
  expect(head.slice(0, 3)).toEqual(['Order', 'Placed', 'Status']);
  // The reader cuts off what a fraction of a day lacks to a whole millisecond.
  expect(Number(row[1])).toBeGreaterThanOrEqual(Date.parse('2026-01-15T09:30:00.040Z'));
  expect(Number(row[1])).toBeLessThanOrEqual(Date.parse('2026-01-15T09:30:00.041Z'));
  expect(row.slice(6, 13)).toEqual(['Ada Lovelace', 'customer0@example.com', 'DE', 3, 45.99, 45.99, 0]);
});

it('keeps text text, in any script and whatever it begins with', async () => {
  const names = ['=1+1', '+1', '@x', '<b>&amp;</b>', '李雷', 'أحمد', '😀', 'O’Neil "Q"'];
  const [sheet] = await sheetsOf(await write(rowsOf(names)));
  expect(sheet?.data.slice(1).map((row) => row[6])).toEqual(names);
});

it.each([
  ['EUR', 99_999_999, 999_999.99],
  ['JPY', 4599, 4599],
  ['KWD', 4599, 4.599],
])('writes amounts in %s exactly', async (currency, total, read) => {
  const [sheet] = await sheetsOf(await write(rowsOf(['Ada'], { currency, total })));
  expect(sheet?.data[1]?.[10]).toBe(read);
});

it('goes on in another sheet where one is full', async () => {
  const sheets = await sheetsOf(await write(rowsOf(['a', 'b', 'c', 'd', 'e']), 2));
  expect(sheets.map(({ sheet, data }) => [sheet, data.length])).toEqual([
    ['Orders', 3],
    ['Orders 2', 3],
    ['Orders 3', 2],
  ]);
});
