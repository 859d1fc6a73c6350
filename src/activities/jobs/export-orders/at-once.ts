import { putObject, readPages, tableOf, type Export, type ExportedFile, type Reading } from './export.ts';

/** Writes the file from its beginning to its end: of a format that cannot be gone on with in the middle. */
export async function exportAtOnce(work: Export): Promise<ExportedFile> {
  const reading: Reading = { rows: 0, end: null, finished: false };
  const { documents } = work.ctx;
  const put = await documents.writeTable(
    tableOf(work, true),
    readPages(work, reading),
    (file) => putObject(work, file),
    work.run.signal,
  );
  return { ...put, rows: reading.rows, parts: [] };
}
