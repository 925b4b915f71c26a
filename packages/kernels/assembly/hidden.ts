// The hidden neurons of a neuron–astrocyte head (Kozachkov, Kastanenka, Krotov, PNAS 2023): their activity φ
// from their input z = W x + b. Each token's activity is stored divided by 2^exponent, a power of two that is
// carried beside it, so that nothing overflows and every rescaling is exact.
import { expFraction, expLanes, expQuotient, powerOfTwo, wholePart } from './lanes';
import { maxLanes } from './rows';
import { sinLanes } from './trigonometry';

// φ(z) of each activation; `scale` multiplies all of a token's neurons by exp(scale).
const EXPONENTIAL: i32 = 0; // exp(z)
const COSINE: i32 = 1; // cos z
const POSITIVE_COSINE: i32 = 2; // max(0, cos z)
const CLIPPED_EXPONENTIAL: i32 = 3; // min(exp z, 150)
const CLIPPED_SINE: i32 = 4; // sin z inside ±π/2, ±1 outside
const LINEAR: i32 = 5; // z
const ELU: i32 = 6; // z + 1 above 0, exp(z) below
const RELU: i32 = 7; // max(0, z)

const LOG2_E: f32 = 1.44269504088896341;
const HALF_PI: f32 = 1.57079632679489662;
const LOG_CLIP: f32 = 5.0106352940962555; // ln 150
/** Further than this below the largest, exp is 0 in float32. */
const SILENT: f32 = -104;

/** Exponent of a key that is masked or absent: no power of two that occurs is near it. */
export const ABSENT: i32 = -(1 << 20);

function activate(z: v128, activation: i32): v128 {
  const zero = f32x4.splat(0);
  switch (activation) {
    case COSINE:
      return sinLanes(z, 1);
    case POSITIVE_COSINE:
      return f32x4.max(sinLanes(z, 1), zero);
    case CLIPPED_SINE:
      return sinLanes(f32x4.min(f32x4.max(z, f32x4.splat(-HALF_PI)), f32x4.splat(HALF_PI)), 0);
    case ELU:
      return v128.bitselect(
        f32x4.add(z, f32x4.splat(1)),
        expLanes(f32x4.min(z, zero)),
        f32x4.gt(z, zero),
      );
    case RELU:
      return f32x4.max(z, zero);
    default:
      return z;
  }
}

/** exp(z + scale) of one row, divided by the power of two just above its largest value. */
function exciteExponential(row: usize, width: i32, neurons: i32, scale: f32): i32 {
  let largest = f32x4.splat(-Infinity);
  const whole = neurons & ~3;
  for (let r = 0; r < whole; r += 4)
    largest = f32x4.pmax(largest, v128.load(row + ((<usize>r) << 2)));
  let top = maxLanes(largest);
  for (let r = whole; r < neurons; r++) top = max(top, load<f32>(row + ((<usize>r) << 2)));
  top += scale;
  const exponent = <i32>ceil(top * LOG2_E);
  const shift = f32x4.splat(scale);
  const floor = f32x4.splat(top + SILENT);
  const down = i32x4.splat(exponent);
  const least = i32x4.splat(-127);
  for (let r = 0; r < width; r += 4) {
    const at = row + ((<usize>r) << 2);
    const x = f32x4.max(f32x4.add(v128.load(at), shift), floor);
    const quotient = expQuotient(x);
    const n = i32x4.max_s(i32x4.sub(wholePart(quotient), down), least);
    v128.store(at, f32x4.mul(expFraction(x, quotient), powerOfTwo(n)));
  }
  return exponent;
}

/** z ← min(z, ln 150): the clip of an exponential, before it is taken, so that no row underflows as a whole. */
function clip(row: usize, width: i32): void {
  const ceiling = f32x4.splat(LOG_CLIP);
  for (let r = 0; r < width; r += 4) {
    const at = row + ((<usize>r) << 2);
    v128.store(at, f32x4.min(v128.load(at), ceiling));
  }
}

/** activation(z) · exp(scale) of one row, divided by the power of two just above exp(scale). */
function exciteScaled(row: usize, width: i32, activation: i32, scale: f32): i32 {
  const exponent = <i32>ceil(scale * LOG2_E);
  const x = f32x4.splat(scale);
  const quotient = expQuotient(x);
  const n = i32x4.sub(wholePart(quotient), i32x4.splat(exponent));
  const factor = f32x4.mul(expFraction(x, quotient), powerOfTwo(n));
  for (let r = 0; r < width; r += 4) {
    const at = row + ((<usize>r) << 2);
    v128.store(at, f32x4.mul(activate(v128.load(at), activation), factor));
  }
  return exponent;
}

/**
 * z (rows,neurons) ← φ in place, with exponents (rows, i32): activity = φ · 2^exponent. Rows lie `stride`
 * apart, a multiple of 4; values after `neurons` become 0. `scale` (rows) is the logarithm of each token's
 * common factor, `shift` (rows, or 0 for none) is added to z first. A token whose `mask` byte is 0 is silent,
 * with exponent `ABSENT`.
 */
export function excite(
  z: usize,
  stride: i32,
  exponents: usize,
  scale: usize,
  shift: usize,
  mask: usize,
  activation: i32,
  rows: i32,
  neurons: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let t = 0; t < rows; t++) {
    const at = (<usize>t) << 2;
    if (mask && !load<u8>(mask + <usize>t)) {
      memory.fill(z, 0, rowBytes);
      store<i32>(exponents + at, ABSENT);
    } else {
      if (shift) {
        const add = f32x4.splat(load<f32>(shift + at));
        for (let r = 0; r < stride; r += 4) {
          const p = z + ((<usize>r) << 2);
          v128.store(p, f32x4.add(v128.load(p), add));
        }
      }
      if (activation == CLIPPED_EXPONENTIAL) clip(z, stride);
      const s = load<f32>(scale + at);
      const exponent =
        activation == EXPONENTIAL || activation == CLIPPED_EXPONENTIAL
          ? exciteExponential(z, stride, neurons, s)
          : exciteScaled(z, stride, activation, s);
      store<i32>(exponents + at, exponent);
      for (let r = neurons; r < stride; r++) store<f32>(z + ((<usize>r) << 2), 0);
    }
    z += rowBytes;
  }
}
