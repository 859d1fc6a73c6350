import { Readable } from 'node:stream';
import type { Invoice } from '../domain/invoice.ts';
import { createHelpers, type Ask } from '../offload/helpers.ts';
import type { DocumentMethods } from './child.ts';
import type { SummaryPage } from './pdf/summary.ts';
import type { Table } from './table.ts';

/** How long writing one page of rows, an invoice or a summary, may take. */
const answerTimeoutMs = 60_000;
/** How long a process may take to start, on a machine that is busy with other things. */
const startTimeoutMs = 30_000;
/** How long a process that has nothing to write is kept. */
const idleMs = 30_000;
/** A few pages of rows, and the lists that a PDF of a million rows ends with. */
const maxHeapMb = 64;

/** Writes documents, in processes of their own. */
export interface Documents {
  /**
   * Writes a table. `rows` gives pages of rows, each a JSON array of arrays, and is read no faster than `consume` reads the
   * file. What `consume` resolves with is given back; when it throws, or `signal` is aborted, the writing ends at once.
   */
  writeTable<T>(
    table: Table,
    rows: AsyncIterable<string>,
    consume: (file: Readable) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** The PDF. */
  writeInvoice(invoice: Invoice): Promise<Uint8Array>;
  /** The PDF. */
  writeSummary(page: SummaryPage, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** `atMost`: documents that are written at once. */
export function createDocuments(atMost: number): Documents {
  const helpers = createHelpers<DocumentMethods>({
    module: new URL('./child.ts', import.meta.url),
    atMost,
    maxHeapMb,
    startTimeoutMs,
    answerTimeoutMs,
    idleMs,
  });
  return {
    writeTable: (table, rows, consume, signal) =>
      helpers.use(async (ask) => {
        const file = Readable.from(bytesOf(ask, table, rows), { objectMode: false });
        try {
          return await consume(file);
        } finally {
          file.destroy();
        }
      }, signal),
    writeInvoice: (invoice) => helpers.use((ask) => ask('invoice', invoice)),
    writeSummary: (page, signal) => helpers.use((ask) => ask('summary', page), signal),
    close: () => helpers.close(),
  };
}

async function* bytesOf(
  ask: Ask<DocumentMethods>,
  table: Table,
  rows: AsyncIterable<string>,
): AsyncGenerator<Uint8Array> {
  yield await ask('begin', table);
  for await (const page of rows) yield await ask('write', page);
  yield await ask('end', null);
}
