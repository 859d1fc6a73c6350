import { embeddedFontOf, layOutPlainTextQuickly, type EmbeddedFont } from './embedded-font.ts';
import { fallbackFontFor, fontPath } from './fallback-fonts.ts';
import { runsOf } from './runs.ts';

export type Weight = 'regular' | 'bold';

export interface TextStyle {
  /** In points. */
  readonly size: number;
  readonly weight?: Weight;
}

/** Puts lines of text in any script onto the pages of a document. */
export interface Typesetter {
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

const files = {
  regular: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
} as const;

/** The fallback comes in its thinnest weight; an outline of this part of its size makes it as heavy as the others. */
const outline = 0.035;

export function createTypesetter(document: PDFKit.PDFDocument): Typesetter {
  const opened = new Map<string, EmbeddedFont>();

  function open(file: string): EmbeddedFont {
    document.font(fontPath(file));
    let font = opened.get(file);
    if (font === undefined) {
      font = embeddedFontOf(document);
      layOutPlainTextQuickly(font);
      opened.set(file, font);
    }
    return font;
  }

  function cut(text: string, weight: Weight) {
    const own = files[weight];
    const covers = opened.get(own) ?? open(own);
    return runsOf(text, (codePoint) =>
      covers.font.hasGlyphForCodePoint(codePoint) ? own : (fallbackFontFor(codePoint) ?? own),
    ).map((run) => ({
      ...run,
      width: (opened.get(run.font) ?? open(run.font)).layout(run.text).advanceWidth,
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
    widthOf,

    line(text, { x, y, width, align = 'left' }, style) {
      const shown = width === undefined ? text : shorten(text, width, style);
      const { size, weight = 'regular' } = style;
      let left = align === 'left' ? x : x - widthOf(shown, style);
      for (const run of cut(shown, weight)) {
        open(run.font);
        document.fontSize(size);
        const isOwn = run.font === files[weight];
        if (!isOwn) document.lineWidth(size * outline);
        document.text(run.text, left, y, { lineBreak: false, stroke: !isOwn, fill: true });
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
