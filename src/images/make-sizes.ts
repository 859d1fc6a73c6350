import sharp, { type Metadata, type OverlayOptions, type SharpOptions } from 'sharp';
import { refused } from '../domain/failures.ts';
import { maxPhotoBytes, maxPhotoPixels, photoSizes, type PhotoSize } from '../domain/photo.ts';
import { drawWatermark } from './watermark.ts';

export interface PhotoToSize {
  readonly original: Uint8Array;
  /** Written across each size; null for none. */
  readonly watermark: string | null;
}

export interface SizedPhoto {
  /** Of the picture as it is seen, in pixels. */
  readonly width: number;
  readonly height: number;
  /** WebP, without any metadata. */
  readonly sizes: readonly { readonly size: PhotoSize; readonly bytes: Uint8Array }[];
}

const quality = 82;

/** Of an animation the first picture; a file that breaks off is refused rather than shown half grey. */
const input: SharpOptions = { limitInputPixels: maxPhotoPixels, failOn: 'error', pages: 1, animated: false };

/**
 * Makes a photo's sizes: turned as its camera was held, cut to a square around its middle, in sRGB, with neither EXIF nor a
 * colour profile. Throws an `ImageRefused` failure for what is no image, or too large a one.
 */
export async function makeSizes({ original, watermark }: PhotoToSize): Promise<SizedPhoto> {
  if (original.length > maxPhotoBytes)
    throw refused('ImageRefused', `The file has more than ${maxPhotoBytes} bytes.`);
  const { width, height } = await seenSize(original);
  const square = await decode(original);
  const sizes = [];
  for (const size of photoSizes) sizes.push({ size, bytes: await sizeOf(square, size, watermark) });
  return { width, height, sizes };
}

/** The largest of the sizes, from which the others are made, so that the original is decoded once. */
async function decode(original: Uint8Array): Promise<Buffer> {
  const largest = Math.max(...photoSizes);
  try {
    return await sharp(original, input)
      .autoOrient()
      .resize(largest, largest, { fit: 'cover' })
      .toColourspace('srgb')
      .png({ compressionLevel: 0 })
      .toBuffer();
  } catch (error) {
    throw refused('ImageRefused', 'The image is damaged.', { reason: wordsOf(error) });
  }
}

async function sizeOf(square: Buffer, size: PhotoSize, watermark: string | null): Promise<Buffer> {
  const marks: OverlayOptions[] = watermark === null ? [] : [await drawWatermark(watermark, size)];
  const resized = await sharp(square).resize(size, size).png({ compressionLevel: 0 }).toBuffer();
  return sharp(resized).composite(marks).webp({ quality }).toBuffer();
}

async function seenSize(original: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height, orientation = 1 } = await metadataOf(original);
  if (width * height > maxPhotoPixels) {
    const megapixels = Math.ceil((width * height) / 1_000_000);
    throw refused(
      'ImageRefused',
      `The image has ${megapixels} megapixels; at most ${maxPhotoPixels / 1_000_000} are taken.`,
    );
  }
  // From 5 on the camera lay on its side.
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

async function metadataOf(original: Uint8Array): Promise<Metadata> {
  try {
    return await sharp(original, { ...input, limitInputPixels: false }).metadata();
  } catch (error) {
    throw refused('ImageRefused', 'The file is no image that can be read.', { reason: wordsOf(error) });
  }
}

/** What libvips says of a file, which is about its format. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
