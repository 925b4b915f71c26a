import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePicture, greyPicture, pngAddress } from '../../src/figure/index.js';
import { fakePicture } from './fake-comparison.js';
import { uniform } from './fake-head.js';

interface Chunk {
  type: string;
  data: Buffer;
}

/** Reads chunks and checks their sums with Node's own crc32. */
function chunks(png: Uint8Array): Chunk[] {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const list: Chunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    list.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return list;
}

/** The decoder's side of Paeth's filter, written from the definition. */
function decode(png: Uint8Array, stride: number, step: number): number[] {
  const rows = inflateSync(chunks(png).find(({ type }) => type === 'IDAT')?.data ?? Buffer.of());
  const out: number[] = [];
  for (let y = 0; y * (stride + 1) < rows.length; y++) {
    expect(rows[y * (stride + 1)]).toBe(4);
    for (let x = 0; x < stride; x++) {
      const a = x >= step ? (out[y * stride + x - step] ?? 0) : 0;
      const b = y > 0 ? (out[(y - 1) * stride + x] ?? 0) : 0;
      const c = x >= step && y > 0 ? (out[(y - 1) * stride + x - step] ?? 0) : 0;
      const p = a + b - c;
      const best = [a, b, c].reduce((m, v) => (Math.abs(p - v) < Math.abs(p - m) ? v : m), a);
      out.push(((rows[y * (stride + 1) + 1 + x] ?? 0) + best) & 255);
    }
  }
  return out;
}

describe('PNG', () => {
  it('gives back every sample of grey, RGB and RGBA pictures, chunks with right sums', () => {
    const next = uniform(4);
    for (const channels of [1, 3, 4] as const) {
      const data = Uint8Array.from({ length: 13 * 9 * channels }, () => Math.floor(next() * 256));
      const png = encodePicture({ width: 13, height: 9, channels, data });
      expect(chunks(png).map(({ type }) => type)).toEqual(['IHDR', 'IDAT', 'IEND']);
      expect(decode(png, 13 * channels, channels)).toEqual([...data]);
    }
  });

  it('states width, height, depth and colour type', () => {
    const header = chunks(encodePicture(fakePicture(20, 3, 1)))[0]?.data;
    expect([...(header ?? [])]).toEqual([0, 0, 0, 20, 0, 0, 0, 20, 8, 2, 0, 0, 0]);
  });

  it('is given as an address of the same bytes', () => {
    const png = encodePicture(fakePicture(20, 1, 1));
    const [head, body] = pngAddress(png).split(',');
    expect(head).toBe('data:image/png;base64');
    expect(Buffer.from(body ?? '', 'base64').equals(Buffer.from(png))).toBe(true);
  });

  it('turns white, black and grey to themselves', () => {
    const data = Uint8Array.of(255, 255, 255, 0, 0, 0, 77, 77, 77);
    const grey = greyPicture({ width: 3, height: 1, channels: 3, data });
    expect([...grey.data]).toEqual([255, 0, 77]);
  });
});
