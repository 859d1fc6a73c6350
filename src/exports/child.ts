/** What a helper process runs to write documents: one at a time, begun, written to and ended by what it is asked. */
import type { ExportFormat, Row } from '../domain/table.ts';
import { serve } from '../offload/serve.ts';
import type { Invoice } from '../domain/invoice.ts';
import type { SummaryPage } from './pdf/summary.ts';
import type { Table, TableWriter } from './table.ts';

/** A process writes one format, mostly: what writes the others is not loaded. */
const writers: Record<ExportFormat, () => Promise<(table: Table) => TableWriter>> = {
  csv: async () => (await import('./csv.ts')).createCsvWriter,
  xlsx: async () => (await import('./xlsx.ts')).createXlsxWriter,
  pdf: async () => (await import('./pdf/table.ts')).createPdfTableWriter,
};

let writer: TableWriter | undefined;

const methods = {
  async begin(table: Table): Promise<Uint8Array> {
    const create = await writers[table.format]();
    writer = create(table);
    return writer.begin();
  },

  /** Rows as JSON, so that nobody else has to read them. */
  async write(rows: string): Promise<Uint8Array> {
    if (writer === undefined) throw new Error('no document was begun');
    // What db/orders/export.ts has made.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return writer.write(JSON.parse(rows) as Row[]);
  },

  async end(): Promise<Uint8Array> {
    if (writer === undefined) throw new Error('no document was begun');
    const last = await writer.end();
    writer = undefined;
    return last;
  },

  async invoice(invoice: Invoice): Promise<Uint8Array> {
    const { writeInvoice } = await import('./pdf/invoice.ts');
    return writeInvoice(invoice);
  },

  async summary(page: SummaryPage): Promise<Uint8Array> {
    const { writeSummary } = await import('./pdf/summary.ts');
    return writeSummary(page);
  },
};
export type DocumentMethods = typeof methods;

serve(methods);
