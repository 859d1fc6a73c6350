import { createDocumentFonts, type Weight } from './document-fonts.ts';
import { runsOf } from './runs.ts';

export interface TextStyle {
  /** In points. */
  readonly size: number;
  readonly weight?: Weight;
}

/** Puts lines of text in any script onto the pages of a document. */
export interface Typesetter {
  /** Makes the fonts ready that a text needs, before it is measured or written: what is not ready shows as boxes. */
  prepare(text: string, weight?: Weight): Promise<void>;
  /** In points. */
  widthOf(text: string, style: TextStyle): number;
  /** One line; `x` is its left or right end, `y` its top, in points. What is wider than `width` ends with an ellipsis. */
  line(text: string, at: LinePlace, style: TextStyle): void;
  /** Cuts text into lines that are no wider than that, between words where it can. */
  wrap(text: string, width: number, style: TextStyle): string[];
}

export interface LinePlace {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly align?: 'left' | 'right';
}

/** What the document's own font has, and stands from the left to the right. */
const ascii = /^[\x20-\x7e]*$/;

export function createTypesetter(document: PDFKit.PDFDocument): Typesetter {
  const fonts = createDocumentFonts(document);

  /** The pieces of a line from left to right, each with its width in points. */
  function cut(text: string, { size, weight = 'regular' }: TextStyle) {
    const runs = ascii.test(text)
      ? [{ text, font: weight }]
      : runsOf(text, (codePoint) => fonts.fontOf(codePoint, weight));
    return runs.map((run) => ({
      ...run,
      width: (fonts.font(run.font).layout(run.text).advanceWidth * size) / 1_000,
    }));
  }

  function widthOf(text: string, style: TextStyle): number {
    return sum(cut(text, style));
  }

  /** How many of the characters, of which not all have room, have room before `tail`. */
  function fitting(characters: readonly string[], width: number, style: TextStyle, tail: string): number {
    let [fits, tooMany] = [0, characters.length];
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2);
      if (widthOf(`${characters.slice(0, middle).join('')}${tail}`, style) <= width) fits = middle;
      else tooMany = middle;
    }
    return fits;
  }

  function shorten(text: string, width: number, style: TextStyle): string {
    const characters = Array.from(text);
    const fits = fitting(characters, width, style, '…');
    return `${characters.slice(0, fits).join('').trimEnd()}…`;
  }

  /** Pieces of a word that has no room as a whole. */
  function chop(word: string, width: number, style: TextStyle): string[] {
    const pieces: string[] = [];
    let rest = Array.from(word);
    while (rest.length > 1 && widthOf(rest.join(''), style) > width) {
      const fits = Math.max(1, fitting(rest, width, style, ''));
      pieces.push(rest.slice(0, fits).join(''));
      rest = rest.slice(fits);
    }
    return [...pieces, rest.join('')];
  }

  return {
    async prepare(text, weight = 'regular') {
      if (!ascii.test(text)) await fonts.prepare(text.normalize('NFC'), weight);
    },

    widthOf,

    line(text, { x, y, width, align = 'left' }, style) {
      let runs = cut(text, style);
      if (width !== undefined && sum(runs) > width) runs = cut(shorten(text, width, style), style);
      const { size, weight = 'regular' } = style;
      // Fonts differ in how far above their letters a line begins.
      const baseline = y + (fonts.font(weight).ascender * size) / 1_000;
      let left = align === 'left' ? x : x - sum(runs);
      for (const run of runs) {
        fonts.use(run.font);
        document.fontSize(size).text(run.text, left, baseline, { lineBreak: false, baseline: 'alphabetic' });
        left += run.width;
      }
    },

    wrap(text, width, style) {
      const lines: string[] = [];
      let current = '';
      for (const word of text.split(/\s+/)) {
        const longer = current === '' ? word : `${current} ${word}`;
        if (widthOf(longer, style) <= width) current = longer;
        else {
          if (current !== '') lines.push(current);
          lines.push(...chop(word, width, style));
          current = lines.pop() ?? '';
        }
      }
      return [...lines, current];
    },
  };
}

function sum(runs: readonly { readonly width: number }[]): number {
  return runs.reduce((all, { width }) => all + width, 0);
}
