import { type Picture, TripartiteError } from '@tripartite/sdk';

/* WebCodecs' ImageDecoder, as far as it is used; TypeScript's DOM library does not have it yet. */
interface Frame {
  readonly codedWidth: number;
  readonly codedHeight: number;
  copyTo(target: Uint8Array, options: { format: 'RGBA' }): Promise<unknown>;
  close(): void;
}
interface Decoder {
  decode(): Promise<{ readonly image: Frame }>;
  close(): void;
}
type DecoderConstructor = new (options: {
  readonly data: ArrayBuffer;
  readonly type: string;
  readonly premultiplyAlpha: 'none';
  readonly colorSpaceConversion: 'none';
}) => Decoder;

function isOpaque(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** Pixels by way of a canvas: exact where the picture is opaque, turned as its EXIF orientation says. */
async function drawPixels(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas of this size');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
}

/** Exact pixels of a translucent PNG; a canvas keeps colours multiplied by alpha, and so rounds them. */
async function decodePixels(file: Blob): Promise<Picture | undefined> {
  const { ImageDecoder } = globalThis as { ImageDecoder?: DecoderConstructor };
  if (!ImageDecoder || file.type !== 'image/png') return undefined;
  const decoder = new ImageDecoder({
    data: await file.arrayBuffer(),
    type: file.type,
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
  const { image } = await decoder.decode();
  const { codedWidth: width, codedHeight: height } = image;
  const data = new Uint8Array(width * height * 4);
  await image.copyTo(data, { format: 'RGBA' });
  image.close();
  decoder.close();
  return { width, height, channels: 4, data };
}

/**
 * Decodes a picture file of any format that the browser knows to 8-bit RGBA, colours as they stand in the file.
 * `name` is what an error calls it. Throws `BAD_IMAGE`.
 */
export async function readPicture(file: Blob, name: string): Promise<Picture> {
  try {
    const picture = await drawPixels(file);
    return isOpaque(picture.data as Uint8ClampedArray)
      ? picture
      : ((await decodePixels(file)) ?? picture);
  } catch (cause) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `Picture “${name}” cannot be read; whole PNG, JPEG and WebP files are allowed`,
      { cause },
    );
  }
}

/** As `readPicture`, from an address on this host. Throws `NOT_FOUND` where nothing is there. */
export async function fetchPicture(address: string, name: string): Promise<Picture> {
  const response = await fetch(address);
  if (!response.ok) {
    throw new TripartiteError(
      'NOT_FOUND',
      `Picture “${name}” cannot be loaded: HTTP ${response.status}; reload the page to try again`,
    );
  }
  return readPicture(await response.blob(), name);
}
