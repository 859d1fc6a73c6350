import { createRequire } from 'node:module';
import { embeddedFontOf, layOutPlainTextQuickly, type EmbeddedFont } from './embedded-font.ts';
import { fontPartFor, readFontPart } from './fallback-fonts.ts';

const { resolve } = createRequire(import.meta.url);

export type Weight = 'regular' | 'bold';

const files = {
  regular: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
} as const;
const numbers = { regular: 400, bold: 700 } as const;

/** The fonts of a document: one that has most letters, and those that it is given for others. */
export interface DocumentFonts {
  /** Makes ready what the text needs beyond the document's own font. */
  prepare(text: string, weight: Weight): Promise<void>;
  /** The name of the font that has the character, of those that are ready; of the document's own where none has. */
  fontOf(codePoint: number, weight: Weight): string;
  /** To measure by. */
  font(name: string): EmbeddedFont;
  /** Writes on with this font. */
  use(name: string): void;
}

export function createDocumentFonts(document: PDFKit.PDFDocument): DocumentFonts {
  const opened = new Map<string, EmbeddedFont>();
  const known = { regular: new Map<number, string>(), bold: new Map<number, string>() };
  for (const weight of ['regular', 'bold'] as const) document.registerFont(weight, resolve(files[weight]));

  function open(name: string): EmbeddedFont {
    document.font(name);
    const embedded = embeddedFontOf(document);
    layOutPlainTextQuickly(embedded);
    opened.set(name, embedded);
    return embedded;
  }

  const font = (name: string) => opened.get(name) ?? open(name);

  function has(name: string, codePoint: number): boolean {
    return font(name).font.hasGlyphForCodePoint(codePoint);
  }

  async function find(codePoint: number, weight: Weight): Promise<string> {
    if (has(weight, codePoint)) return weight;
    const part = fontPartFor(codePoint);
    if (part === undefined) return weight;
    const name = `${part.file} ${weight}`;
    if (!opened.has(name))
      document.registerFont(name, Buffer.from(await readFontPart(part, numbers[weight])));
    return has(name, codePoint) ? name : weight;
  }

  return {
    async prepare(text, weight) {
      for (const character of text) {
        const codePoint = character.codePointAt(0) ?? 0;
        if (!known[weight].has(codePoint)) known[weight].set(codePoint, await find(codePoint, weight));
      }
    },
    fontOf: (codePoint, weight) => known[weight].get(codePoint) ?? weight,
    font,
    use: (name) => void document.font(name),
  };
}
