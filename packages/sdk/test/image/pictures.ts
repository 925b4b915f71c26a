import { readFileSync } from 'node:fs';
import type { NpyArray } from '../../src/checkpoint/npy.js';
import { decodeNpz } from '../../src/checkpoint/npz.js';
import type { Picture } from '../../src/image/picture.js';

/** Reads an npz file of this folder's fixtures. */
export function readFixture(name: string): Record<string, NpyArray> {
  return decodeNpz(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)), name);
}

/** A picture whose levels are given by column, row and channel. */
export function paint(
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  level: (x: number, y: number, c: number) => number,
): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = level(pixel % width, Math.floor(pixel / width), i % channels);
  }
  return { width, height, channels, data };
}

/** Pixels that differ everywhere, for tests of order. */
export function count(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => i);
}
