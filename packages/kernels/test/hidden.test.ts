import { absent, activations } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phi } from './reference/hidden.js';
import { bits, copy, inArena, kernels, randomFloats } from './workbench.js';

const { arena } = kernels;
type Name = keyof typeof activations;
const names = Object.keys(activations) as Name[];

interface Excitation {
  readonly z: Float32Array;
  readonly scale: Float32Array;
  readonly shift?: Float32Array;
  readonly mask?: Uint8Array;
}

/** Runs `excite` on rows of `neurons` values that lie a multiple of 4 apart. */
function excite(name: Name, neurons: number, { z, scale, shift, mask }: Excitation) {
  const rows = scale.length;
  const stride = Math.ceil(neurons / 4) * 4;
  return inArena(() => {
    const at = arena.floats(rows * stride);
    arena.viewFloats(at, rows * stride).fill(NaN);
    for (let t = 0; t < rows; t++) {
      const row = z.subarray(t * neurons, (t + 1) * neurons);
      arena.viewFloats(at + t * stride * 4, neurons).set(row);
    }
    const exponents = arena.floats(rows);
    const [s, b, m] = [
      arena.store(scale),
      shift ? arena.store(shift) : 0,
      mask ? arena.store(mask) : 0,
    ];
    kernels.excite(at, stride, exponents, s, b, m, activations[name], rows, neurons);
    const activity = copy(at, rows * stride);
    return { activity, stride, exponents: arena.viewIntegers(exponents, rows).slice() };
  });
}

/**
 * Largest error of activity · 2^exponent, in units of what float32 allows: z, shift and scale are sums rounded
 * to float32, so an exponential's relative error grows with them; 2⁻¹²⁶ of the row's unit is the smallest
 * normal number.
 */
function worst(name: Name, neurons: number, given: Excitation): number {
  const { activity, stride, exponents } = excite(name, neurons, given);
  let largest = 0;
  given.scale.forEach((scale, t) => {
    const exponent = exponents[t] as number;
    for (let r = 0; r < stride; r++) {
      const value = activity[t * stride + r] as number;
      if (r >= neurons) {
        if (value !== 0) largest = Infinity;
        continue;
      }
      const shift = given.shift?.[t] ?? 0;
      const z = Math.fround((given.z[t * neurons + r] as number) + shift);
      const exact = phi[name](z, scale - exponent * Math.LN2);
      const inside = name.endsWith('exponential') ? Math.abs(z) + 2 * Math.abs(z + scale) : 0;
      const relative = 6e-7 + 2 ** -23 * (inside + Math.abs(scale));
      const floor = 2 ** -126 + (name.includes('cosine') || name.includes('sine') ? 3e-7 : 0);
      const error = Math.abs(value - exact) / (Math.abs(exact) * relative + floor);
      if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
    }
  });
  return largest;
}

describe.each(names)('excite, %s', (name) => {
  it('agrees with float64 for any rows, with shift, scale and sizes of z', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 23 }),
        fc.constantFrom(1, 8, 60, 400),
        fc.boolean(),
        fc.integer({ min: 0, max: 1000 }),
        (rows, neurons, size, shifted, seed) => {
          const z = randomFloats(seed, rows * neurons, size);
          const scale = randomFloats(seed + 1, rows, 40);
          const shift = randomFloats(seed + 2, rows, 20);
          return worst(name, neurons, shifted ? { z, scale, shift } : { z, scale }) <= 1;
        },
      ),
      { numRuns: 150 },
    );
  });

  it('neither overflows nor loses a row for |z| up to 10⁴ and common factors of exp(±300)', () => {
    for (const scale of [-300, -88.5, 0, 88.5, 300]) {
      const z = randomFloats(3, 4 * 37, 1e4);
      z.set([1e4, -1e4, 0, -0], 0);
      const given = { z, scale: new Float32Array(4).fill(scale) };
      expect(worst(name, 37, given)).toBeLessThanOrEqual(1);
      const { activity } = excite(name, 37, given);
      expect(activity.every((v) => Number.isFinite(v))).toBe(true);
      expect(activity.some((v) => v !== 0)).toBe(true);
    }
  });

  it('silences masked tokens, NaN or not, and leaves the others the same bits', () => {
    const neurons = 9;
    const z = randomFloats(4, 5 * neurons, 3);
    const scale = randomFloats(5, 5, 3);
    const shift = randomFloats(6, 5, 3);
    const clean = excite(name, neurons, { z, scale, shift });
    for (const t of [1, 4]) {
      z.fill(NaN, t * neurons, (t + 1) * neurons);
      scale[t] = NaN;
      shift[t] = Infinity;
    }
    const mask = Uint8Array.of(1, 0, 1, 1, 0);
    const masked = excite(name, neurons, { z, scale, shift, mask });
    masked.exponents.forEach((exponent, t) => {
      const part = (x: Float32Array) => bits(x.slice(t * masked.stride, (t + 1) * masked.stride));
      if (mask[t]) {
        expect(exponent).toBe(clean.exponents[t]);
        expect(part(masked.activity)).toEqual(part(clean.activity));
      } else {
        expect(exponent).toBe(absent);
        expect(part(masked.activity)).toEqual(new Uint32Array(masked.stride));
      }
    });
  });

  it('gives the same bits on a second run', () => {
    const given = { z: randomFloats(8, 3 * 50, 5), scale: randomFloats(9, 3, 5) };
    const [a, b] = [excite(name, 50, given), excite(name, 50, given)];
    expect(bits(a.activity)).toEqual(bits(b.activity));
    expect(a.exponents).toEqual(b.exponents);
  });

  it('shows a NaN of one token in that token alone', () => {
    const z = randomFloats(10, 3 * 8);
    z.fill(NaN, 8, 16);
    const { activity } = excite(name, 8, { z, scale: new Float32Array(3) });
    activity.forEach((v, at) => {
      expect(Number.isNaN(v)).toBe(at >= 8 && at < 16);
    });
  });
});

describe('exponents of excite', () => {
  it.each(['exponential', 'clipped-exponential'] as const)(
    'put the largest of a row just below 1, %s',
    (name) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 1000 }),
          fc.constantFrom(1, 50, 5000),
          (seed, size) => {
            const z = randomFloats(seed, 20, size).map((v) => v - size);
            const { activity } = excite(name, 20, { z, scale: Float32Array.of(7) });
            const top = Math.max(...activity);
            return top > 0.49 && top < 1.01;
          },
        ),
      );
    },
  );

  it('follow the common factor alone for the others', () => {
    for (const name of names.filter((other) => !other.endsWith('exponential'))) {
      const scale = Float32Array.of(-300, 0, 300);
      const { exponents } = excite(name, 4, { z: randomFloats(1, 12), scale });
      const exact = Array.from(scale, (s) => Math.ceil(s / Math.LN2));
      expect(Array.from(exponents), name).toEqual(exact);
    }
  });
});
