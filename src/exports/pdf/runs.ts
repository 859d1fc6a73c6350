import bidiFactory, { type Bidi } from 'bidi-js';

// The package's types speak of a module with a default; Node gives what it exports as a whole.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const bidi = (bidiFactory as unknown as () => Bidi)();

/** Hebrew, Arabic and their kin, and the marks that turn the direction. */
const turns =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A piece of a line in one font and one direction. */
export interface Run<Font> {
  /** As it is read. A font's own rules turn it around where it is read from the right. */
  readonly text: string;
  readonly font: Font;
}

/**
 * Cuts a line into pieces, from the left to the right as they are seen (UAX 9), each of one font. A mark stays with the
 * letter that it belongs to.
 */
export function runsOf<Font>(text: string, fontFor: (codePoint: number) => Font): Run<Font>[] {
  const line = text.normalize('NFC').replaceAll(/\p{Cc}+/gu, ' ');
  const fonts = fontsOf(line, fontFor);
  if (!turns.test(line)) return runsAlong(line, Array.from(fonts.keys()), fonts, () => 0);
  const embedding = bidi.getEmbeddingLevels(line, 'ltr');
  const mirrored = bidi.getMirroredCharactersMap(line, embedding.levels);
  const shown = Array.from({ length: line.length }, (_, index) => mirrored.get(index) ?? line[index]);
  return runsAlong(
    shown.join(''),
    bidi.getReorderedIndices(line, embedding),
    fonts,
    (index) => embedding.levels[index] ?? 0,
  );
}

/** The font of each code unit. */
function fontsOf<Font>(line: string, fontFor: (codePoint: number) => Font): Font[] {
  const fonts: Font[] = [];
  for (const character of line) {
    const before = fonts.at(-1);
    const font =
      /^\p{M}/u.test(character) && before !== undefined ? before : fontFor(character.codePointAt(0) ?? 0);
    for (let unit = 0; unit < character.length; unit += 1) fonts.push(font);
  }
  return fonts;
}

function runsAlong<Font>(
  line: string,
  seen: readonly number[],
  fonts: readonly Font[],
  levelAt: (index: number) => number,
): Run<Font>[] {
  const runs: { text: string; font: Font; level: number }[] = [];
  for (const index of seen) {
    const [unit = '', font, level] = [line[index], fonts[index], levelAt(index)];
    if (font === undefined) continue;
    const last = runs.at(-1);
    const fromRight = level % 2 === 1;
    if (last?.font !== font || last.level !== level) runs.push({ text: unit, font, level });
    // Seen from the left, what is read from the right comes last letter first.
    else last.text = fromRight ? unit + last.text : last.text + unit;
  }
  return runs;
}
