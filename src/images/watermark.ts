import { createRequire } from 'node:module';
import escapeHtml from 'escape-html';
import sharp, { type OverlayOptions } from 'sharp';
import { refused } from '../domain/failures.ts';

const { resolve } = createRequire(import.meta.url);
const fontFile = resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

/** Of the picture's side. */
const widthShare = 0.92;
const heightShare = 0.2;
const marginShare = 0.04;

/** The text, white with a dark edge's worth of shadow, as wide as fits, to be laid over the lower end of a square. */
export async function drawWatermark(text: string, size: number): Promise<OverlayOptions> {
  const width = Math.floor(size * widthShare);
  const height = Math.floor(size * heightShare);
  const letters = (colour: string) =>
    sharp({
      text: {
        // Pango takes markup.
        text: `<span foreground="${colour}">${escapeHtml(text)}</span>`,
        font: 'DejaVu Sans Bold',
        fontfile: fontFile,
        width,
        height,
        rgba: true,
        wrap: 'none',
      },
    })
      .png()
      .toBuffer({ resolveWithObject: true })
      .catch((error: unknown) => {
        throw isWithoutInk(error)
          ? refused('ImageRefused', 'The watermark has nothing that can be seen.')
          : error;
      });
  const [light, dark] = await Promise.all([letters('#ffffffc0'), letters('#000000a0')]);
  const margin = Math.max(1, Math.floor(size * marginShare));
  const left = Math.max(0, size - light.info.width - margin);
  const top = Math.max(0, size - light.info.height - margin);
  const shadow = Math.max(1, Math.round(size / 128));
  return {
    input: await sharp({
      create: { width: size, height: size, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .composite([
        {
          input: dark.data,
          left: Math.min(left + shadow, size - dark.info.width),
          top: Math.min(top + shadow, size - dark.info.height),
        },
        { input: light.data, left, top },
      ])
      .png()
      .toBuffer(),
    left: 0,
    top: 0,
  };
}

/** What libvips says of a text of which nothing would be drawn: blanks of every kind, joiners. */
function isWithoutInk(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no text to render');
}
