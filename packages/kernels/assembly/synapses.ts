// The synapses of a neuron–astrocyte head (Kozachkov et al. 2023): strips, one for every eight neurons, of [H | g]ᵀ
// (width + 1,8). The presynaptic trace g is one more row, so that the astrocyte's response comes with the output. A
// strip is stored as S · 2^−exponent, with an exponent of its own, in two float32 parts (compensated sum), so that a
// million tokens lose no digits.
import { ABSENT } from './hidden';
import { pack } from './panels';
import { LANE_STEP, ROW_STEP, TILE_ROWS } from './tile';
import { paddedRows } from './tokens';

/** The synapses of a head, in one piece of memory; `clearSynapses` lays it out. */
export class Synapses {
  /** Width of values, and number m of neurons. */
  width: i32;
  neurons: i32;
  /** Strips: (⌈m/8⌉,width + 1,8); `rest` is what `sum` lost in rounding. */
  sum: usize;
  rest: usize;
  /** (⌈m/8⌉, i32), ABSENT where nothing was written. */
  exponents: usize;
  /** All strips at one exponent, in panels of rows (width + 1, 8⌈m/8⌉), made by `packSynapses` for reading. */
  panels: usize;
  /** The exponent of `panels`. */
  exponent: i32;
}

/** Bytes that the fields above take, rounded up. */
const FIELDS: usize = 32;

/** Floats of all strips. */
function stripFloats(width: i32, neurons: i32): i32 {
  return ((neurons + 7) & ~7) * (width + 1);
}

// Bytes of memory for `Synapses` and all that they point to
export function synapsesBytes(width: i32, neurons: i32): f64 {
  const strips: f64 = (neurons + 7) >> 3;
  const perStrip = 2 * 8 * (<f64>width + 1) + 8 * <f64>paddedRows(width) + 1;
  return <f64>FIELDS + 4 * strips * perStrip;
}

// Lays out synapses in memory of `synapsesBytes`, with nothing written
export function clearSynapses(at: usize, width: i32, neurons: i32): void {
  const synapses = changetype<Synapses>(at);
  const strips = (neurons + 7) >> 3;
  const bytes = (<usize>stripFloats(width, neurons)) << 2;
  synapses.width = width;
  synapses.neurons = neurons;
  synapses.sum = at + FIELDS;
  synapses.rest = synapses.sum + bytes;
  synapses.panels = synapses.rest + bytes;
  synapses.exponents = synapses.panels + ((<usize>((strips << 3) * paddedRows(width))) << 2);
  synapses.exponent = ABSENT;
  memory.fill(synapses.sum, 0, bytes << 1);
  for (let i = 0; i < strips; i++) store<i32>(synapses.exponents + ((<usize>i) << 2), ABSENT);
}

/** 2ⁿ as f32, 0 below the normal range. */
export function power(n: i32): f32 {
  return n < -126 ? 0 : reinterpret<f32>((n + 127) << 23);
}

/** x (n) ← x · 2^shift, exact unless it underflows; n a multiple of 4. */
export function rescale(x: usize, shift: i32, n: i32): void {
  const factor = f32x4.splat(power(shift));
  const end = x + ((<usize>n) << 2);
  for (; x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), factor));
}

/**
 * (sum, rest) (n) += x (n), n a multiple of 4: Neumaier's compensated sum as one two-sum per value; sum stays the
 * rounded total.
 */
export function accumulate(sum: usize, rest: usize, x: usize, n: i32): void {
  const end = x + ((<usize>n) << 2);
  for (; x < end; x += 16) {
    const s = v128.load(sum);
    const y = f32x4.add(v128.load(x), v128.load(rest));
    const total = f32x4.add(s, y);
    const part = f32x4.sub(total, s);
    const lost = f32x4.add(f32x4.sub(s, f32x4.sub(total, part)), f32x4.sub(y, part));
    v128.store(rest, lost);
    v128.store(sum, total);
    sum += 16;
    rest += 16;
  }
}

// Brings the strips to one exponent and packs them for reading; to be called after writing, before reading
export function packSynapses(synapsesAt: usize): void {
  const synapses = changetype<Synapses>(synapsesAt);
  const exponents = synapses.exponents;
  const height = synapses.width + 1;
  const depth = (synapses.neurons + 7) & ~7;
  let top = ABSENT;
  for (let strip = 0; strip < depth >> 3; strip++) {
    top = max(top, load<i32>(exponents + ((<usize>strip) << 2)));
  }
  synapses.exponent = top;
  for (let strip = 0; strip < depth >> 3; strip++) {
    const from = synapses.sum + LANE_STEP * (strip * height);
    const factor = power(load<i32>(exponents + ((<usize>strip) << 2)) - top);
    for (let i = 0; i < height; i += TILE_ROWS) {
      const to = synapses.panels + ((<usize>(i * depth)) << 2) + ROW_STEP * (strip << 3);
      pack(to, from + LANE_STEP * i, LANE_STEP, 4, min(TILE_ROWS, height - i), 8, TILE_ROWS);
      for (let at = to; at < to + ROW_STEP * 8; at += 16) {
        v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(factor)));
      }
    }
  }
}
