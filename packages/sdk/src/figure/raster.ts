import { zlibSync } from 'fflate';
import type { Picture } from '../image/picture.js';
import type { ColourMap } from './colour-map.js';

/* PNG, third edition (W3C 2025): signature, IHDR, PLTE and tRNS for indexed colour, one IDAT, IEND. */

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < 8 + data.length; i++) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ (out[i] ?? 0)) & 255] ?? 0);
  }
  view.setUint32(8 + data.length, ~crc);
  return out;
}

/**
 * The rows of an image, each behind its filter's number: 4 (Paeth's predictor, a third smaller for
 * photographs) or 0 (none, best for indexed colours). `step` is bytes a pixel.
 */
function filterRows(
  data: ArrayLike<number>,
  rows: number,
  stride: number,
  step: number,
  filter: 0 | 4,
): Uint8Array {
  const out = new Uint8Array(rows * (stride + 1));
  for (let y = 0; y < rows; y++) {
    out[y * (stride + 1)] = filter;
    for (let x = 0; x < stride; x++) {
      const i = y * stride + x;
      let guess = 0;
      if (filter === 4) {
        const left = x >= step ? (data[i - step] ?? 0) : 0;
        const up = y > 0 ? (data[i - stride] ?? 0) : 0;
        const corner = x >= step && y > 0 ? (data[i - stride - step] ?? 0) : 0;
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      }
      out[y * (stride + 1) + 1 + x] = (data[i] ?? 0) - guess;
    }
  }
  return out;
}

function encode(
  width: number,
  height: number,
  colourType: number,
  rows: Uint8Array,
  extra: readonly Uint8Array[],
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colourType], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A picture as a PNG file (bytes), grey, RGB or RGBA as it came; same bytes on every machine. */
export function encodePicture({ width, height, channels, data }: Picture): Uint8Array {
  const rows = filterRows(data, height, width * channels, channels, 4);
  return encode(width, height, { 1: 0, 3: 2, 4: 6 }[channels], rows, []);
}

/** A matrix (rows, columns) as a PNG file of indexed colours, one pixel a value. */
export function encodeMatrix(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  map: ColourMap,
): Uint8Array {
  const indices = Uint8Array.from(values, (value) => map.index(value));
  return encode(columns, rows, 3, filterRows(indices, rows, columns, 1, 0), [
    chunk('PLTE', Uint8Array.from(map.colours.flatMap((colour) => colour.slice(0, 3)))),
    chunk(
      'tRNS',
      Uint8Array.from(map.colours, (colour) => colour[3]),
    ),
  ]);
}

/** A PNG file as a `data:` address. */
export function pngAddress(png: Uint8Array): string {
  let binary = '';
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
