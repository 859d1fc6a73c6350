import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../sections/section.ts';
import { writeBlocks } from './document.ts';
import { toMarkdown, toText } from './table.ts';

/** A section's outcome, with what it was measured on. */
export interface Result extends Outcome {
  readonly title: string;
  readonly facts: string;
}

export type Results = Record<string, Result>;

/** The figures behind the tables of README.md. */
export const committedResults = join(import.meta.dirname, '../results.json');

/** For a terminal. */
export function printed({ tables, notes }: Result): string {
  return [...tables.map(toText), notes.join('\n')].join('\n\n');
}

/** Writes the figures of these sections into a file; those of others stay as they are. */
export function writeResults(file: string, results: Results): void {
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const figures = Object.entries(results).map(([name, { facts, figures: own }]) => [name, { facts, ...own }]);
  const all = { ...(typeof before === 'object' ? before : {}), ...Object.fromEntries(figures) };
  writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}

/** Puts the tables of these sections into README.md. */
export async function writeTables(results: Results): Promise<void> {
  const blocks = Object.entries(results).map(([name, { tables, notes, facts }]) => [
    name,
    [...tables.map(toMarkdown), ...notes, facts].join('\n\n'),
  ]);
  await writeBlocks(Object.fromEntries(blocks));
}
