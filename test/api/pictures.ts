/** A GIF of one pixel. */
export const onePixel = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');

/** A form with a file, and fields beside it. */
export function formWith(
  part: string,
  file: Buffer,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append(part, new Blob([new Uint8Array(file)]), 'picture.gif');
  return form;
}
