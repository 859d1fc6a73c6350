import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** An image of one colour. */
export function plain(width: number, height: number, background = '#3366cc'): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Red on its left half, blue on its right. */
export async function twoColoured(width: number, height: number): Promise<Sharp> {
  const half = {
    create: { width: Math.floor(width / 2), height, channels: 3, background: '#ff0000' },
  } as const;
  const left = await sharp(half).png().toBuffer();
  const whole = await plain(width, height, '#0000ff')
    .composite([{ input: left, left: 0, top: 0 }])
    .png()
    .toBuffer();
  return sharp(whole);
}

/** Red, green, blue and black, from the upper left to the lower right. */
export async function fourColoured(side: number): Promise<Sharp> {
  const half = side / 2;
  const places = [
    { background: '#ff0000', left: 0, top: 0 },
    { background: '#00ff00', left: half, top: 0 },
    { background: '#0000ff', left: 0, top: half },
  ];
  const parts = places.map(async ({ background, left, top }) => ({
    input: await plain(half, half, background).png().toBuffer(),
    left,
    top,
  }));
  const whole = plain(side, side, '#000000').composite(await Promise.all(parts));
  return sharp(await whole.png().toBuffer());
}

/** A PNG in true colour that claims to be so large, whatever its pixels are. */
export function pngThatClaims(width: number, height: number, pixels: Uint8Array): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(pixels)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** The beginning of a file in the format of phones, whose decoder is patented and not there. */
export const heicHead = Buffer.concat([
  Buffer.from('00000018', 'hex'),
  Buffer.from('ftypheic\0\0\0\0mif1heic'),
  Buffer.alloc(100),
]);

export const vectors = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="file:///etc/hostname"/></svg>',
);
