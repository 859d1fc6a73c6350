import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lazily } from '../../lazily.ts';

const { resolve } = createRequire(import.meta.url);
const packageName = '@fontsource-variable/noto-sans-sc';

interface Range {
  readonly first: number;
  readonly last: number;
  readonly file: string;
}

/** Noto Sans comes in many small files, each with some of the characters. */
const ranges = lazily(readRanges);

/** The file of a font that has the character; undefined where none has. */
export function fallbackFontFor(codePoint: number): string | undefined {
  return ranges.get().find(({ first, last }) => codePoint >= first && codePoint <= last)?.file;
}

function readRanges(): Range[] {
  const text = readFileSync(resolve(`${packageName}/unicode.json`), 'utf8');
  // The package's own index: the name of a part, and its characters as CSS writes them: `U+4e00-4e0d,U+4e11`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const index = JSON.parse(text) as Record<string, string>;
  return Object.entries(index).flatMap(([name, list]) => {
    const part = name.replaceAll(/[[\]]/g, '');
    const file = `${packageName}/files/noto-sans-sc-${part}-wght-normal.woff2`;
    return list.split(',').map((range) => ({ ...readRange(range), file }));
  });
}

function readRange(range: string): { first: number; last: number } {
  const [first = '', last = first] = range.trim().replace('U+', '').split('-');
  return { first: Number.parseInt(first, 16), last: Number.parseInt(last, 16) };
}

/** Where the file is on this machine. */
export function fontPath(file: string): string {
  return resolve(file);
}
