/** The sizes that are made of a photo: square, with sides of so many pixels. */
export const photoSizes = [64, 128, 256] as const;
export type PhotoSize = (typeof photoSizes)[number];

export const photoMediaType = 'image/webp';

/** The largest file that is taken. */
export const maxPhotoBytes = 20 * 1024 * 1024;
/** The most pixels that are decoded. */
export const maxPhotoPixels = 50_000_000;

/** The longest watermark, in characters. */
export const maxWatermarkCharacters = 60;

/** What may be handed in, by its media type and what its bytes begin with. */
const signatures: readonly { readonly mediaType: string; readonly fits: (start: Buffer) => boolean }[] = [
  { mediaType: 'image/jpeg', fits: (start) => hasAt(start, 0, '\u00ff\u00d8\u00ff') },
  { mediaType: 'image/png', fits: (start) => hasAt(start, 0, '\u0089PNG\r\n\u001a\n') },
  { mediaType: 'image/gif', fits: (start) => hasAt(start, 0, 'GIF87a') || hasAt(start, 0, 'GIF89a') },
  { mediaType: 'image/webp', fits: (start) => hasAt(start, 0, 'RIFF') && hasAt(start, 8, 'WEBP') },
  { mediaType: 'image/avif', fits: (start) => hasAt(start, 4, 'ftypavif') || hasAt(start, 4, 'ftypavis') },
];

/** How many bytes tell what a file is. */
export const signatureBytes = 12;

export const photoMediaTypes = signatures.map(({ mediaType }) => mediaType);

/** What an image that begins so is, whatever its name says; null for what is none that is taken. */
export function photoMediaTypeOf(start: Buffer): string | null {
  return signatures.find(({ fits }) => fits(start))?.mediaType ?? null;
}

function hasAt(bytes: Buffer, offset: number, text: string): boolean {
  return bytes.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1'));
}
