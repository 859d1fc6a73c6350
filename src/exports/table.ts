import type { Column, ExportFormat, Row } from '../domain/table.ts';

/** A table that is about to be written. */
export interface Table {
  readonly format: ExportFormat;
  readonly columns: readonly Column[];
  /** For people: of the sheet, and at the head of the pages. */
  readonly title: string;
  /** What was chosen, for people; a line each. */
  readonly notes: readonly string[];
  /** Whether the names of the columns come first; a part that continues another one has none. Of CSV alone. */
  readonly headed: boolean;
  /** RFC 3339: when it was begun, for those formats that keep it. */
  readonly madeAt: string;
}

/** Rows in, bytes out, of one file. Every call gives what has become of the file since the last one, perhaps nothing yet. */
export interface TableWriter {
  begin(): Promise<Uint8Array>;
  write(rows: readonly Row[]): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
}
