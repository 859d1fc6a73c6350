import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Where figures are kept for people. */
export const readme = join(import.meta.dirname, '../README.md');

/** Puts a block's content between its two marks in a document. Throws where it has no such block. */
export function withBlock(document: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the document has no block "${name}"`);
  return `${document.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${document.slice(to)}`;
}

/** Writes blocks into README.md, formatted as the rest of it. */
export async function writeBlocks(blocks: Readonly<Record<string, string>>): Promise<void> {
  const written = Object.entries(blocks).reduce(
    (document, [name, content]) => withBlock(document, name, content),
    readFileSync(readme, 'utf8'),
  );
  const style = await resolveConfig(readme);
  writeFileSync(readme, await format(written, { ...style, filepath: readme }));
}
