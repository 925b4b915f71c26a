// The hidden neurons of a neuron–astrocyte head (Kozachkov, Kastanenka, Krotov, PNAS 2023): their activity
// φ(z) · exp(log factor of the token) from their input z = W x + b. Activity is stored divided by a power of two
// that is carried beside it, so that nothing overflows and every rescaling is exact.
//
// It comes in two forms: a strip (tokens,8) has eight neurons in its lanes and one power of two for all (keys, on
// their way into the synapses); lanes (neurons,8) have eight tokens in them, each with a power of two of its own
// (queries).
import { expFloor, expLanes, expOver, expUnit } from './lanes';
import { maxLanes, raiseTops } from './rows';
import { LANE_STEP } from './tile';
import { sinLanes } from './trigonometry';

// The codes of φ(z).
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

/** Whether φ is an exponential, so that the token's log factor can be added to z. */
function isExponential(activation: i32): bool {
  return activation == EXPONENTIAL || activation == CLIPPED_EXPONENTIAL;
}

/** z ← z + shift, then the clip of an exponential, before it is taken, so that none underflows as a whole. */
function shiftAndClip(z: v128, shift: v128, activation: i32): v128 {
  const sum = f32x4.add(z, shift);
  return activation == CLIPPED_EXPONENTIAL ? f32x4.pmin(sum, f32x4.splat(LOG_CLIP)) : sum;
}

/** The power of two just above exp(x), as i32x4; ABSENT where exp(x) is 0. */
function exponentAbove(x: v128): v128 {
  const n = i32x4.trunc_sat_f32x4_s(f32x4.ceil(f32x4.mul(x, f32x4.splat(LOG2_E))));
  return i32x4.max_s(n, i32x4.splat(ABSENT));
}

/** Largest z + log factor of a strip; NaN is passed over. */
function strongest(z: usize, logScale: usize, rows: i32): f32 {
  let left = f32x4.splat(-Infinity);
  let right = left;
  for (const end = z + LANE_STEP * rows; z < end; z += LANE_STEP) {
    const scale = v128.load32_splat(logScale);
    left = f32x4.pmax(left, f32x4.add(v128.load(z), scale));
    right = f32x4.pmax(right, f32x4.add(v128.load(z, 16), scale));
    logScale += 4;
  }
  return maxLanes(f32x4.pmax(left, right));
}

/** Whether a strip has a NaN, which `strongest` passes over. */
function hasNaN(z: usize, logScale: usize, rows: i32): bool {
  let all = f32x4.splat(0);
  for (const end = z + LANE_STEP * rows; z < end; z += LANE_STEP) {
    const scale = v128.load32_splat(logScale);
    const left = f32x4.add(v128.load(z), scale);
    const right = f32x4.add(v128.load(z, 16), scale);
    all = v128.or(all, v128.or(f32x4.ne(left, left), f32x4.ne(right, right)));
    logScale += 4;
  }
  return v128.any_true(all);
}

/** Largest of a list. */
function largestOf(x: usize, n: i32): f32 {
  let top: f32 = -Infinity;
  for (let i = 0; i < n; i++) top = max(top, load<f32>(x + ((<usize>i) << 2)));
  return top;
}

/** Neurons that the layer does not have, in the lanes from `neurons` on, become `value`. */
function fillLanes(z: usize, rows: i32, neurons: i32, value: f32): void {
  for (let t = 0; t < rows; t++) {
    for (let r = neurons; r < 8; r++) store<f32>(z + ((<usize>r) << 2), value);
    z += LANE_STEP;
  }
}

/**
 * Strip z (rows,8) ← activity · 2^−exponent in place; returns the exponent: `exponent`, or the next larger one that
 * is needed; ABSENT where nothing fires. Log factors (−∞: a silent token, whose z must be finite) and shifts by row;
 * only the first `neurons` lanes are of the layer, the others become 0.
 */
export function exciteStrip(
  z: usize,
  logScale: usize,
  shifts: usize,
  activation: i32,
  exponent: i32,
  rows: i32,
  neurons: i32,
  shifted: bool,
): i32 {
  const exponential = isExponential(activation);
  const end = z + LANE_STEP * rows;
  if (shifted || activation == CLIPPED_EXPONENTIAL || !exponential) {
    for (let at = z, shift = shifts; at < end; at += LANE_STEP, shift += 4) {
      const s = v128.load32_splat(shift);
      const left = shiftAndClip(v128.load(at), s, activation);
      const right = shiftAndClip(v128.load(at, 16), s, activation);
      v128.store(at, exponential ? left : activate(left, activation));
      v128.store(at, exponential ? right : activate(right, activation), 16);
    }
  }
  if (neurons < 8) fillLanes(z, rows, neurons, exponential ? -Infinity : 0);
  let top = exponential ? strongest(z, logScale, rows) : largestOf(logScale, rows);
  // Where nothing but NaN fires, the synapses must become NaN too.
  if (top == -Infinity && hasNaN(z, logScale, rows)) top = 0;
  const own = i32x4.extract_lane(exponentAbove(f32x4.splat(top)), 0);
  if (own == ABSENT) return ABSENT;
  const common = max(own, exponent);
  const unit = expUnit(i32x4.splat(common));
  const floor = expFloor(i32x4.splat(common));
  if (exponential) {
    for (let at = z, scale = logScale; at < end; at += LANE_STEP, scale += 4) {
      const s = v128.load32_splat(scale);
      v128.store(at, expOver(f32x4.add(v128.load(at), s), unit, floor));
      v128.store(at, expOver(f32x4.add(v128.load(at, 16), s), unit, floor), 16);
    }
  } else {
    for (let at = z, scale = logScale; at < end; at += LANE_STEP, scale += 4) {
      const factor = expOver(v128.load32_splat(scale), unit, floor);
      v128.store(at, f32x4.mul(v128.load(at), factor));
      v128.store(at, f32x4.mul(v128.load(at, 16), factor), 16);
    }
  }
  return common;
}

/** φ without its common factors, in the lanes z (neurons,8), shifts by lane. */
function shiftLanes(z: usize, shifts: usize, activation: i32, neurons: i32): void {
  const exponential = isExponential(activation);
  for (let half: usize = 0; half < LANE_STEP; half += 16) {
    const shift = v128.load(shifts + half);
    const end = z + LANE_STEP * neurons;
    for (let at = z + half; at < end; at += LANE_STEP) {
      const x = shiftAndClip(v128.load(at), shift, activation);
      v128.store(at, exponential ? x : activate(x, activation));
    }
  }
}

/**
 * Lanes z (neurons,8) ← activity · 2^−exponents in place, exponents (8, i32) by lane; log factors and shifts by lane.
 */
export function exciteLanes(
  z: usize,
  logScale: usize,
  shifts: usize,
  exponents: usize,
  activation: i32,
  neurons: i32,
  shifted: bool,
): void {
  const exponential = isExponential(activation);
  if (shifted || activation == CLIPPED_EXPONENTIAL || !exponential) {
    shiftLanes(z, shifts, activation, neurons);
  }
  const left = v128.load(logScale);
  const right = v128.load(logScale, 16);
  let topLeft = left;
  let topRight = right;
  if (exponential) {
    v128.store(exponents, f32x4.splat(-Infinity));
    v128.store(exponents, f32x4.splat(-Infinity), 16);
    raiseTops(exponents, z, neurons);
    topLeft = f32x4.add(left, v128.load(exponents));
    topRight = f32x4.add(right, v128.load(exponents, 16));
  }
  const exponentLeft = exponentAbove(topLeft);
  const exponentRight = exponentAbove(topRight);
  v128.store(exponents, exponentLeft);
  v128.store(exponents, exponentRight, 16);
  const unitLeft = expUnit(exponentLeft);
  const unitRight = expUnit(exponentRight);
  const floorLeft = expFloor(exponentLeft);
  const floorRight = expFloor(exponentRight);
  const end = z + LANE_STEP * neurons;
  if (exponential) {
    for (let at = z; at < end; at += LANE_STEP) {
      v128.store(at, expOver(f32x4.add(v128.load(at), left), unitLeft, floorLeft));
      v128.store(at, expOver(f32x4.add(v128.load(at, 16), right), unitRight, floorRight), 16);
    }
  } else {
    const factorLeft = expOver(left, unitLeft, floorLeft);
    const factorRight = expOver(right, unitRight, floorRight);
    for (let at = z; at < end; at += LANE_STEP) {
      v128.store(at, f32x4.mul(v128.load(at), factorLeft));
      v128.store(at, f32x4.mul(v128.load(at, 16), factorRight), 16);
    }
  }
}
