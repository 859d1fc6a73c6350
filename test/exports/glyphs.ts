import { getDocumentProxy } from 'unpdf';

interface Drawn {
  /** The font's name in the document, without the letters that mark a subset. */
  readonly font: string;
  /** How many numbers its outline takes; none for a glyph that draws nothing. */
  readonly outline: number;
}

/** The glyphs that are drawn on the first page, each once, as a viewer would draw them: text alone may be there and not be seen. */
export async function glyphsOf(pdf: Uint8Array): Promise<Drawn[]> {
  const document = await getDocumentProxy(new Uint8Array(pdf), {
    disableFontFace: true,
    fontExtraProperties: true,
  });
  const page = await document.getPage(1);
  await page.getOperatorList();
  // Where pdf.js keeps what it has read: fonts by `g_d0_f1`, their glyphs by `g_d0_f1_path_…`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const kept = page.commonObjs as unknown as Iterable<[string, { name?: string; path?: ArrayLike<number> }]>;
  const objects = new Map(kept);
  return [...objects].flatMap(([id, { path }]) => {
    const [font = '', glyph] = id.split('_path_');
    const name = objects.get(font)?.name ?? '';
    return glyph === undefined ? [] : [{ font: name.replace(/^[A-Z]{6}\+/, ''), outline: path?.length ?? 0 }];
  });
}
