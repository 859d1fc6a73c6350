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
