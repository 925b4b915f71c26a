import { type Picture, TripartiteError } from '@tripartite/sdk';

/** File endings of the pictures that are taken. */
export const pictureExtensions = ['.png', '.jpg', '.jpeg', '.webp'] as const;

const formats: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp']);

/**
 * Decodes the bytes of a PNG, JPEG or WebP file to 8-bit grey, RGB or RGBA, turned as its EXIF orientation
 * says; of an animation the first frame. Samples come as they are stored, whatever a colour profile says,
 * and nothing is resized (the SDK does that): both as on a page. `name` is what an error calls the picture.
 * @throws TripartiteError BAD_IMAGE, one line
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  // Loaded only where a picture comes: it takes longer to start than the rest of the command.
  const { default: sharp } = await import('sharp');
  try {
    const image = sharp(bytes, { failOn: 'error', autoOrient: true, ignoreIcc: true });
    const { format, space, hasAlpha } = await image.metadata();
    if (!formats.has(format)) {
      throw new TripartiteError(
        'BAD_IMAGE',
        `picture '${name}' is ${format}; allowed are PNG, JPEG and WebP`,
      );
    }
    const grey = (space === 'b-w' || space === 'grey16') && !hasAlpha;
    const { data, info } = await image
      .toColourspace(grey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels === 2) throw new Error('grey with transparency was not widened to RGBA');
    return { width, height, channels, data };
  } catch (error) {
    if (error instanceof TripartiteError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture '${name}' cannot be read (${reason}); allowed are whole PNG, JPEG and WebP files`,
      { cause: error },
    );
  }
}

/** True where every pixel is a shade of grey. */
export function isGrey({ channels, data }: Picture): boolean {
  if (channels === 1) return true;
  for (let i = 0; i < data.length; i += channels) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}
