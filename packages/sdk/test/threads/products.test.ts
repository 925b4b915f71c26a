import { type Kernels, type MatrixPlace, multiplyMatrices } from '@tripartite/kernels';
import { describe, expect, it, vi } from 'vitest';
import { normals } from '../attention/data.js';
import { sharedEngines } from './teams.js';

type Sizes = readonly [m: number, n: number, k: number];

const sides = [1, 7, 119, 120, 121, 241, 367];
const depths = [0, 1, 5, 34, 261];
const grid: Sizes[] = [
  ...sides.flatMap((m) => sides.flatMap((n) => depths.map((k): Sizes => [m, n, k]))),
  [1001, 30, 300],
  [20, 1003, 300],
  [961, 960, 9],
];

const numbers = normals(5, 400_000);

/** C of `multiply`, with what lies between its rows, as bytes; A lies row by row, B either way. */
function bytesOf(
  { arena }: Kernels,
  [m, n, k]: Sizes,
  sideways: boolean,
  multiply: (c: MatrixPlace, a: MatrixPlace, b: MatrixPlace) => void,
): Uint8Array {
  const mark = arena.mark();
  const [gap, rowA, rowB, columnB] = [3, k + 2, n + 1, k + 1];
  const a = { pointer: arena.store(numbers.subarray(0, m * rowA)), row: rowA, column: 1 };
  const values = numbers.subarray(99, 99 + (sideways ? n * columnB : k * rowB));
  const [row, column] = sideways ? [1, columnB] : [rowB, 1];
  const b = { pointer: arena.store(values), row, column };
  const size = m * (n + gap);
  const c = { pointer: arena.store(new Float32Array(size).fill(7)), row: n + gap, column: 1 };
  multiply(c, a, b);
  const bytes = arena.viewBytes(c.pointer, size * 4).slice();
  arena.release(mark);
  return bytes;
}

describe('a product that threads share', async () => {
  const [one, ...others] = await sharedEngines();

  /** The product in one call of the kernel. */
  function undivided(sizes: Sizes, sideways: boolean, accumulate: boolean): Uint8Array {
    const { kernels } = one;
    return bytesOf(kernels, sizes, sideways, (c, a, b) =>
      kernels.gemm(
        c.pointer,
        c.row,
        a.pointer,
        a.row,
        a.column,
        b.pointer,
        b.row,
        b.column,
        ...sizes,
        accumulate,
        kernels.scratch,
      ),
    );
  }

  it('has the bits of one call, whatever the sizes', () => {
    for (const [at, sizes] of grid.entries()) {
      const [sideways, accumulate] = [at % 2 === 1, at % 3 === 1];
      const whole = undivided(sizes, sideways, accumulate);
      for (const { kernels, threads } of [one, ...others]) {
        const shared = bytesOf(kernels, sizes, sideways, (c, a, b) =>
          multiplyMatrices(kernels, c, a, b, sizes, accumulate),
        );
        const same = Buffer.compare(shared, whole) === 0;
        expect(same, `${sizes.join(' × ')} on ${threads} threads`).toBe(true);
      }
    }
  });

  it('is shared evenly, by rows or columns, whichever are more, where there are enough', () => {
    for (const { kernels, threads } of [one, ...others]) {
      // Of a call with its name, 9 is its rows, 10 its columns.
      const shares = (at: 9 | 10, sizes: Sizes): number[] => {
        const run = vi.spyOn(kernels, 'run');
        bytesOf(kernels, sizes, false, (c, a, b) => multiplyMatrices(kernels, c, a, b, sizes));
        const [calls = []] = run.mock.calls[0] ?? [];
        run.mockRestore();
        return calls.map((call) => call[at] as number);
      };
      for (const [at, sizes, unit] of [
        [9, [1001, 30, 300], 30],
        [10, [20, 1003, 300], 8],
        [10, [1003, 1003, 10], 8],
      ] as const) {
        const parts = shares(at, sizes);
        expect(parts).toHaveLength(threads);
        expect(Math.max(...parts)).toBeLessThan(Math.max(...sizes) / threads + unit);
        expect(parts.slice(0, -1).every((part) => part % unit === 0)).toBe(true);
      }
      expect(shares(10, [121, 239, 261])).toEqual([239]);
      expect(shares(10, [1003, 1003, 1])).toEqual([1003]);
    }
  });
});
