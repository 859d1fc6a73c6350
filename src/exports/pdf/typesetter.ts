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

export function createTypesetter(document: PDFKit.PDFDocument): Typesetter {
  const fonts = createDocumentFonts(document);

  function cut(text: string, weight: Weight) {
    return runsOf(text, (codePoint) => fonts.fontOf(codePoint, weight)).map((run) => ({
      ...run,
      width: fonts.font(run.font).layout(run.text).advanceWidth,
    }));
  }

  function widthOf(text: string, { size, weight = 'regular' }: TextStyle): number {
    return (cut(text, weight).reduce((sum, { width }) => sum + width, 0) * size) / 1_000;
  }

  function shorten(text: string, width: number, style: TextStyle): string {
    if (widthOf(text, style) <= width) return text;
    const characters = Array.from(text);
    let [fits, tooMany] = [0, characters.length];
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2);
      if (widthOf(`${characters.slice(0, middle).join('')}…`, style) <= width) fits = middle;
      else tooMany = middle;
    }
    return `${characters.slice(0, fits).join('').trimEnd()}…`;
  }

  return {
    prepare: (text, weight = 'regular') => fonts.prepare(text.normalize('NFC'), weight),

    widthOf,

    line(text, { x, y, width, align = 'left' }, style) {
      const shown = width === undefined ? text : shorten(text, width, style);
      const { size, weight = 'regular' } = style;
      // Fonts differ in how far above their letters a line begins.
      const baseline = y + (fonts.font(weight).ascender * size) / 1_000;
      let left = align === 'left' ? x : x - widthOf(shown, style);
      for (const run of cut(shown, weight)) {
        fonts.use(run.font);
        document.fontSize(size).text(run.text, left, baseline, { lineBreak: false, baseline: 'alphabetic' });
        left += (run.width * size) / 1_000;
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
          current = word;
        }
      }
      return [...lines, current];
    },
  };
}
