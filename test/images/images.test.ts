import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { photoSizes } from '../../src/domain/photo.ts';
import { createImages } from '../../src/images/images.ts';
import { makeSizes } from '../../src/images/make-sizes.ts';
import { fourColoured, heicHead, plain, pngThatClaims, twoColoured, vectors } from './samples.ts';

const images = createImages(2);
afterAll(() => images.close());

const make = (original: Uint8Array, watermark: string | null = null) =>
  images.makeSizes({ original, watermark });

/** The colour at a place, each from 0 to 1, as `r`, `g` or `b`, whichever is strongest, or `k` for black. */
async function colourAt(image: Uint8Array, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const index = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  const [r = 0, g = 0, b = 0] = data.subarray(index, index + 3);
  if (Math.max(r, g, b) < 64) return 'k';
  return r > g && r > b ? 'r' : b > g ? 'b' : 'g';
}

describe('the sizes of a photo', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    'are made of %s: three squares, in WebP',
    async (format) => {
      const { width, height, sizes } = await make(await plain(400, 300).toFormat(format).toBuffer());
      expect([width, height]).toEqual([400, 300]);
      expect(sizes.map(({ size }) => size)).toEqual([...photoSizes]);
      for (const { size, bytes } of sizes)
        expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: size, height: size });
    },
  );

  it('are made of a picture that is smaller than they are', async () => {
    const { sizes } = await make(await plain(10, 5).png().toBuffer());
    expect(sizes).toHaveLength(3);
  });

  it('stand as the camera was held', async () => {
    const upright = await (await twoColoured(200, 100)).jpeg().toBuffer();
    const turned = await sharp(upright).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height, sizes } = await make(turned);
    expect([width, height]).toEqual([100, 200]);
    const largest = sizes.at(-1)?.bytes ?? Buffer.alloc(0);
    expect([await colourAt(largest, 0.5, 0.05), await colourAt(largest, 0.5, 0.95)]).toEqual(['r', 'b']);
    const plainSizes = (await make(upright)).sizes;
    const straight = plainSizes.at(-1)?.bytes ?? Buffer.alloc(0);
    expect([await colourAt(straight, 0.05, 0.5), await colourAt(straight, 0.95, 0.5)]).toEqual(['r', 'b']);
  });

  it.each([
    [1, 'rgbk'],
    [2, 'grkb'],
    [3, 'kbgr'],
    [4, 'bkrg'],
    [5, 'rbgk'],
    [6, 'brkg'],
    [7, 'kgbr'],
    [8, 'gkrb'],
  ])('stand as EXIF’s orientation %i says', async (orientation, corners) => {
    const turned = (await fourColoured(400)).withMetadata({ orientation }).jpeg();
    const { sizes } = await make(await turned.toBuffer());
    for (const { bytes } of sizes) {
      const places = [0.25, 0.75].flatMap((y) => [0.25, 0.75].map((x) => [x, y] as const));
      const seen = await Promise.all(places.map(([x, y]) => colourAt(bytes, x, y)));
      expect(seen.join('')).toBe(corners);
    }
  });

  it('have the colours of a picture made for the press', async () => {
    const pressed = await (await fourColoured(400)).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(pressed).metadata()).space).toBe('cmyk');
    for (const { bytes } of (await make(pressed)).sizes) {
      expect((await sharp(bytes).metadata()).space).toBe('srgb');
      const seen = [await colourAt(bytes, 0.25, 0.25), await colourAt(bytes, 0.25, 0.75)];
      expect(seen).toEqual(['r', 'b']);
    }
  });

  it('carry no metadata: neither EXIF nor a colour profile nor more than one picture', async () => {
    const original = await plain(300, 300)
      .withExif({ IFD0: { Copyright: 'somebody', ImageDescription: 'at home' } })
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    expect((await sharp(original).metadata()).icc).toBeDefined();
    for (const { bytes } of (await make(original)).sizes) {
      const metadata = await sharp(bytes).metadata();
      expect([metadata.exif, metadata.icc, metadata.xmp, metadata.pages]).toEqual(Array(4).fill(undefined));
      expect(Buffer.from(bytes).includes('somebody')).toBe(false);
    }
  });

  it('show the first picture of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => plain(100, 100, colour).png().toBuffer()),
    );
    const animated = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer();
    expect((await sharp(animated).metadata()).pages).toBe(2);
    const { sizes } = await make(animated);
    for (const { bytes } of sizes) {
      expect((await sharp(bytes).metadata()).pages).toBeUndefined();
      expect(await colourAt(bytes, 0.5, 0.5)).toBe('r');
    }
  });

  it('have the watermark in their lower part, whatever is in it', async () => {
    const original = await plain(300, 300).png().toBuffer();
    const [without, marked] = [await make(original), await make(original, '© <Ada & Co>')];
    for (const [index, { bytes }] of marked.sizes.entries()) {
      const clean = without.sizes[index]?.bytes ?? Buffer.alloc(0);
      expect(await differs(bytes, clean, 'lower')).toBe(true);
      expect(await differs(bytes, clean, 'upper')).toBe(false);
    }
  });
});

async function differs(one: Uint8Array, other: Uint8Array, half: 'upper' | 'lower'): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((image) => sharp(image).removeAlpha().raw().toBuffer()));
  const [from, to] = half === 'upper' ? [0, 0.5] : [0.5, 1];
  const length = a?.length ?? 0;
  const [mine, its] = [a, b].map((all) => all?.subarray(length * from, length * to) ?? Buffer.alloc(0));
  return its?.some((value, index) => Math.abs(value - (mine?.[index] ?? 0)) > 40) ?? false;
}

const refusal = (message: RegExp) => ({
  name: 'Failure',
  type: 'ImageRefused',
  message: expect.stringMatching(message),
});

describe('what is refused, with a reason', () => {
  it.each([
    ['text', Buffer.from('this is no image at all')],
    ['nothing', Buffer.alloc(0)],
    ['an image of vectors', vectors],
    ['a photo in HEIC', heicHead],
    ['a document', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
    ['only the beginning of an image', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ])('%s', async (_what, original) => {
    await expect(make(original)).rejects.toMatchObject(refusal(/no image|damaged/));
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('%s that breaks off', async (format) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const whole = await sharp({ create: { width: 300, height: 300, channels: 3, noise, background: '#000' } })
      .toFormat(format)
      .toBuffer();
    for (const share of [0.1, 0.5, 0.9]) {
      const broken = whole.subarray(0, Math.floor(whole.length * share));
      await expect(make(broken)).rejects.toMatchObject(refusal(/no image|damaged/));
    }
  });

  it.each(['\u200b', '\u2800', '\u00ad'])(
    'a watermark of which nothing can be seen (%j)',
    async (watermark) => {
      const original = await plain(300, 300).png().toBuffer();
      await expect(make(original, watermark)).rejects.toMatchObject(refusal(/nothing that can be seen/));
    },
  );

  it('an image in a format that is not taken', async () => {
    await expect(make(await plain(20, 20).tiff().toBuffer())).rejects.toMatchObject(refusal(/no image/));
  });

  it('a few bytes that claim to be gigapixels', async () => {
    const small = Buffer.alloc(1_000);
    await expect(make(pngThatClaims(50_000, 50_000, small))).rejects.toMatchObject(
      refusal(/2500 megapixels/),
    );
    await expect(make(pngThatClaims(5_000, 5_000, small))).rejects.toMatchObject(refusal(/damaged/));
  });

  it('not what holds more than it claims, of which nothing more is unpacked', async () => {
    const bomb = pngThatClaims(16, 16, Buffer.alloc(300_000_000));
    expect(bomb.length).toBeLessThan(400_000);
    expect((await make(bomb)).sizes).toHaveLength(3);
  });

  it('an image of more than 50 megapixels, before it is decoded', async () => {
    const huge = await plain(8_000, 6_500).png({ compressionLevel: 9 }).toBuffer();
    await expect(make(huge)).rejects.toMatchObject(refusal(/52 megapixels; at most 50/));
  }, 60_000);

  it('and nothing else suffers from it', async () => {
    await expect(make(Buffer.from('no'))).rejects.toMatchObject({ type: 'ImageRefused' });
    expect((await make(await plain(64, 64).png().toBuffer())).sizes).toHaveLength(3);
  });
});

describe('making them', () => {
  it('takes next to nothing of our own process', async () => {
    // Interlaced, so that all of it has to be decoded before anything can be made of it.
    const original = await plain(7_000, 7_000).png({ progressive: true }).toBuffer();
    await make(original);
    const helped = await ownCpuMs(() => make(original));
    const byOurselves = await ownCpuMs(() => makeSizes({ original, watermark: null }));
    expect(helped).toBeLessThan(byOurselves / 4);
  }, 60_000);

  it('ends at once when it is called off', async () => {
    const original = await plain(6_000, 6_000).jpeg().toBuffer();
    const stop = new AbortController();
    const made = images.makeSizes({ original, watermark: null }, stop.signal);
    stop.abort(new Error('called off'));
    await expect(made).rejects.toThrow('called off');
  }, 60_000);
});

/** The processor's time that this process takes for it, in milliseconds. */
async function ownCpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
