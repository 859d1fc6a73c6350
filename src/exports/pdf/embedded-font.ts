/** What fontkit tells of a glyph. */
interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

interface Layout {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly Position[];
  readonly advanceWidth: number;
}

interface Position {
  readonly xAdvance: number;
  readonly yAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
  readonly advanceWidth: number;
}

/** The font that a document of pdfkit's is writing with: not part of pdfkit's interface, whose version is pinned. */
export interface EmbeddedFont {
  layout(text: string, features?: readonly string[], onlyWidth?: boolean): Layout;
  readonly scale: number;
  /** From the baseline to the top of a line, in thousandths of the size. */
  readonly ascender: number;
  readonly font: {
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): Glyph;
  };
}

export function embeddedFontOf(document: object): EmbeddedFont {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, no-underscore-dangle
  return (document as { _font: EmbeddedFont })._font;
}

/** Scripts whose letters stand one after the other, each with one glyph; marks and joiners are of no script of their own. */
const plain =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Common}]*$/u;

/**
 * Has the font lay plain text out glyph by glyph instead of by all of its rules for ligatures and kerning, which takes ten
 * times as long. Text of other scripts keeps these rules, and is laid out as a whole instead of word by word.
 */
export function layOutPlainTextQuickly(font: EmbeddedFont): void {
  const known = new Map<number, { readonly glyph: Glyph; readonly position: Position }>();
  const shape = font.layout.bind(font);

  function placed(codePoint: number) {
    let found = known.get(codePoint);
    if (found === undefined) {
      const glyph = font.font.glyphForCodePoint(codePoint);
      const xAdvance = glyph.advanceWidth * font.scale;
      found = { glyph, position: { xAdvance, yAdvance: 0, xOffset: 0, yOffset: 0, advanceWidth: xAdvance } };
      known.set(codePoint, found);
    }
    return found;
  }

  font.layout = (text) => {
    if (!plain.test(text)) return shape(text, []);
    const all = Array.from(text, (character) => placed(character.codePointAt(0) ?? 0));
    return {
      glyphs: all.map(({ glyph }) => glyph),
      positions: all.map(({ position }) => position),
      advanceWidth: all.reduce((sum, { position }) => sum + position.xAdvance, 0),
    };
  };
}
