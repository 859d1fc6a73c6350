import { Readable } from 'node:stream';
import { putObject, readPages, tableOf, type Export, type ExportedFile, type Reading } from './export.ts';

/** What is lost at most when a worker dies: a few seconds of work. */
const rowsOfPart = 50_000;

/** Writes a file part by part, each whole in the store before the next, and puts them together in the end. */
export async function exportInParts(work: Export): Promise<ExportedFile> {
  const { run, ctx, orders, total, earlier } = work;
  const parts = [...(earlier?.parts ?? [])];
  const reading: Reading = { rows: earlier?.rows ?? 0, end: earlier?.end ?? null, finished: false };
  let last: { readonly key: string; readonly bytes: number } | undefined;
  while (!reading.finished) {
    last = await ctx.documents.writeTable(
      tableOf(work, parts.length === 0),
      readPages(work, reading, rowsOfPart),
      (part) => putObject(work, part),
      run.signal,
    );
    parts.push(last.key);
    if (!reading.finished)
      await run.keep({ asOf: orders.asOf.toISOString(), total, rows: reading.rows, parts, end: reading.end });
  }
  // A part that is the first and the last one is the file.
  if (last !== undefined && parts.length === 1) return { ...last, rows: reading.rows, parts: [] };
  const file = await putObject(work, Readable.from(bytesOf(work, parts), { objectMode: false }));
  return { ...file, rows: reading.rows, parts };
}

async function* bytesOf({ run, ctx }: Export, parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const key of parts) {
    const part = await ctx.objects.get(key, { signal: run.signal });
    if (!part) {
      // The next attempt begins anew instead of looking for it again.
      await run.keep(null);
      throw new Error('a part of an export is gone');
    }
    yield* part as AsyncIterable<Uint8Array>;
  }
}
