/** What a helper process runs to write documents: one at a time, begun, written to and ended by what it is asked. */
import type { ExportFormat, Row } from '../domain/table.ts';
import { serve } from '../offload/serve.ts';
import { createCsvWriter } from './csv.ts';
import { writeInvoice } from './pdf/invoice.ts';
import { createPdfTableWriter } from './pdf/table.ts';
import type { Table, TableWriter } from './table.ts';
import { createXlsxWriter } from './xlsx.ts';

const writers: Record<ExportFormat, (table: Table) => TableWriter> = {
  csv: createCsvWriter,
  xlsx: createXlsxWriter,
  pdf: createPdfTableWriter,
};

let writer: TableWriter | undefined;

const methods = {
  async begin(table: Table): Promise<Uint8Array> {
    writer = writers[table.format](table);
    return writer.begin();
  },

  /** Rows as JSON, so that nobody else has to read them. */
  async write(rows: string): Promise<Uint8Array> {
    if (writer === undefined) throw new Error('no document was begun');
    // What db/export-orders.ts has made.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return writer.write(JSON.parse(rows) as Row[]);
  },

  async end(): Promise<Uint8Array> {
    if (writer === undefined) throw new Error('no document was begun');
    const last = await writer.end();
    writer = undefined;
    return last;
  },

  invoice: writeInvoice,
};
export type DocumentMethods = typeof methods;

serve(methods);
