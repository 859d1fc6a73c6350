import { orderColumns, type Row } from '../../src/domain/table.ts';
import type { Table } from '../../src/exports/table.ts';

export function tableOf(format: Table['format'], changes: Partial<Table> = {}): Table {
  return {
    format,
    columns: orderColumns,
    title: 'Orders',
    notes: ['status: completed'],
    headed: true,
    madeAt: '2026-01-15T09:30:00.000Z',
    ...changes,
  };
}

/** One row for each name, otherwise alike. */
export function rowsOf(names: readonly string[], changes: { currency?: string; total?: number } = {}): Row[] {
  const { currency = 'EUR', total = 4599 } = changes;
  return names.map((name, index) => [
    `019aab1c-5b0e-7c7e-9d3e-${String(index).padStart(12, '0')}`,
    '2026-01-15T09:30:00.041Z',
    'completed',
    'captured',
    'delivered',
    `cus_${index}`,
    name,
    `customer${index}@example.com`,
    'DE',
    3,
    total,
    total,
    0,
    currency,
    '2026-01-16T10:00:00.000Z',
  ]);
}
