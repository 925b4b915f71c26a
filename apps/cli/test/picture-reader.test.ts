import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodePicture, isGrey } from '../src/picture-reader.js';

/** 3 × 2 pixels, each channel its own. */
const raw = { width: 3, height: 2, channels: 3 } as const;
const samples = Uint8Array.from({ length: 18 }, (_, i) => 14 * i);

function encode() {
  return sharp(samples, { raw });
}

it.each(['png', 'webp'] as const)('gives back the samples of a lossless %s', async (format) => {
  const options = format === 'webp' ? { lossless: true } : {};
  const picture = await decodePicture(await encode().toFormat(format, options).toBuffer(), 'a');
  expect({ ...picture, data: [...picture.data] }).toEqual({ ...raw, data: [...samples] });
});

it('takes samples as they are stored, whatever a colour profile says', async () => {
  const stored = await encode().withIccProfile('p3', { attach: false }).png().toBuffer();
  const profiled = await encode().withIccProfile('p3').png().toBuffer();
  expect((await sharp(profiled).metadata()).hasProfile).toBe(true);
  const plain = await decodePicture(stored, 'a');
  expect([...(await decodePicture(profiled, 'a')).data]).toEqual([...plain.data]);
  expect([...plain.data]).not.toEqual([...samples]);
});

it('turns a photograph as its EXIF orientation says', async () => {
  // Orientation 6: to be turned by 90 degrees clockwise.
  const bytes = await encode().withMetadata({ orientation: 6 }).png().toBuffer();
  const { width, height, data } = await decodePicture(bytes, 'a');
  expect([width, height]).toEqual([2, 3]);
  // The first row, from left: lower left pixel, upper left pixel.
  expect([...data.slice(0, 6)]).toEqual([...samples.slice(9, 12), ...samples.slice(0, 3)]);
});

it('keeps one channel of a grey picture and scales 16 bits to 8', async () => {
  const grey = await encode().toColourspace('b-w').png().toBuffer();
  expect((await decodePicture(grey, 'a')).channels).toBe(1);
  const deep = await sharp(Uint16Array.of(0, 257 * 7, 65_535), {
    raw: { width: 3, height: 1, channels: 1 },
  })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe('ushort');
  expect([...(await decodePicture(deep, 'a')).data]).toEqual([0, 7, 255]);
});

it('keeps transparency, of grey pictures as RGBA', async () => {
  const bytes = await sharp(Uint8Array.of(10, 255, 20, 128), {
    raw: { width: 2, height: 1, channels: 2 },
  })
    .png()
    .toBuffer();
  const { channels, data } = await decodePicture(bytes, 'a');
  expect(channels).toBe(4);
  expect([...data]).toEqual([10, 10, 10, 255, 20, 20, 20, 128]);
});

it('names a broken, cut or foreign picture in one line', async () => {
  const noise = await sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .png()
    .toBuffer();
  const jpeg = await sharp(noise).jpeg().toBuffer();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const broken = [
    Buffer.from('no picture'),
    Buffer.alloc(0),
    noise.subarray(0, noise.length / 2),
    jpeg.subarray(0, jpeg.length / 2),
    await sharp(noise).gif().toBuffer(),
    svg,
  ];
  for (const bytes of broken) {
    const failure = decodePicture(bytes, 'my picture.png');
    await expect(failure).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(failure).rejects.toThrow(/'my picture\.png'.*allowed are/);
  }
});

it('tells grey from colour', () => {
  expect(isGrey({ width: 1, height: 1, channels: 1, data: Uint8Array.of(9) })).toBe(true);
  expect(isGrey({ width: 1, height: 1, channels: 4, data: Uint8Array.of(9, 9, 9, 0) })).toBe(true);
  expect(isGrey({ width: 1, height: 1, channels: 3, data: Uint8Array.of(9, 9, 8) })).toBe(false);
});
