import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lazily } from '../../lazily.ts';
import { convertFont } from './convert-font.ts';

const { resolve } = createRequire(import.meta.url);

/** What has the characters that a font lacks; the first that fits, and then has the character. */
const fonts = [
  { name: 'noto-emoji', scripts: /\p{Emoji_Presentation}|\p{Extended_Pictographic}/u },
  { name: 'noto-sans-kr', scripts: /\p{Script=Hangul}/u },
  { name: 'noto-sans-thai', scripts: /\p{Script=Thai}/u },
  { name: 'noto-sans-devanagari', scripts: /\p{Script=Devanagari}/u },
  {
    name: 'noto-sans-sc',
    scripts:
      /\p{Script_Extensions=Han}|\p{Script_Extensions=Hiragana}|\p{Script_Extensions=Katakana}|[\u3000-\u303f\uff00-\uffef]/u,
  },
];

interface Range {
  readonly first: number;
  readonly last: number;
}

/** A part of a font: each comes in many small files, with some of the characters in all weights. */
export interface FontPart {
  readonly file: string;
  readonly ranges: readonly Range[];
}

const indexes = new Map(fonts.map(({ name }) => [name, lazily(() => readIndex(name))]));

/** The part that has the character; undefined where none has. */
export function fontPartFor(codePoint: number): FontPart | undefined {
  const character = String.fromCodePoint(codePoint);
  const font = fonts.find(({ scripts }) => scripts.test(character));
  return (
    font &&
    indexes
      .get(font.name)
      ?.get()
      .find(({ ranges }) => ranges.some(({ first, last }) => codePoint >= first && codePoint <= last))
  );
}

/** The part as a TrueType font of one weight, 100 to 900, such as pdfkit can embed. */
export async function readFontPart({ file, ranges }: FontPart, weight: number): Promise<Uint8Array> {
  const all = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
  );
  return convertFont({ file: resolve(file), characters: all.join(''), weight });
}

function readIndex(name: string): FontPart[] {
  const text = readFileSync(resolve(`@fontsource-variable/${name}/unicode.json`), 'utf8');
  // The package's own index: the name of a part, and its characters as CSS writes them: `U+4e00-4e0d,U+4e11`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const index = JSON.parse(text) as Record<string, string>;
  return Object.entries(index).map(([part, list]) => ({
    file: `@fontsource-variable/${name}/files/${name}-${part.replaceAll(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: list.split(',').map(readRange),
  }));
}

function readRange(range: string): Range {
  const [first = '', last = first] = range.trim().replace('U+', '').split('-');
  return { first: Number.parseInt(first, 16), last: Number.parseInt(last, 16) };
}
