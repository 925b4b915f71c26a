// Read phase of a neuron–astrocyte head (Kozachkov et al. 2023; equations in docs/model.md 1): y = H φ(q) / (g·φ(q)),
// eight queries in the lanes at a time.
import { exciteLanes } from './hidden';
import { HiddenInput } from './hidden-input';
import { pack } from './panels';
import { Synapses } from './synapses';
import { LANE_STEP, multiplyTile, TILE_COLUMNS, TILE_ROWS } from './tile';
import { enterTokens, leaveLanes, paddedRows } from './tokens';

/** A response below 2^−100 is lifted by 2^64 before it is inverted, so that the inverse is a float32. */
const FAINT: f32 = 7.888609052210118e-31;
const LIFT: f32 = 1.8446744073709552e19;
const LIFT_EXPONENT: i32 = 64;

/** Rows of the lanes that hold the activity of all neurons: whole tiles, and whole strips. */
export function activityRows(neurons: i32): i32 {
  return paddedRows(neurons + 8);
}

/** Bytes of scratch memory that `exciteTokens` needs. */
export function exciteScratch(width: i32): f64 {
  return <f64>LANE_STEP * (2 + 2 * <f64>paddedRows(width));
}

/** Bytes of scratch memory that `readTokens` needs. */
export function readScratch(width: i32, valueWidth: i32, neurons: i32): f64 {
  const rows = 1 + <f64>paddedRows(valueWidth) + <f64>activityRows(neurons);
  return <f64>LANE_STEP * rows + exciteScratch(width);
}

/** Activity of up to eight tokens in the lanes z (neurons, 0 up to whole strips; 8), with exponents (8, i32). */
export function exciteTokens(
  z: usize,
  exponents: usize,
  input: HiddenInput,
  tokens: usize,
  stride: i32,
  count: i32,
  scratch: usize,
): void {
  const neurons = input.neurons;
  const logScale = scratch;
  const shifts = scratch + LANE_STEP;
  if (input.rows) {
    const depth = input.depth;
    const panel = shifts + LANE_STEP;
    const spare = panel + LANE_STEP * paddedRows(input.width);
    enterTokens(panel, logScale, shifts, input, tokens, stride, count, spare);
    for (let i = 0; i < neurons; i += TILE_ROWS) {
      const weights = input.rows + ((<usize>(i * depth)) << 2);
      multiplyTile(z + LANE_STEP * i, LANE_STEP, weights, panel, depth, false);
    }
  } else {
    pack(z, tokens, (<usize>stride) << 2, 4, count, neurons, TILE_COLUMNS);
    memory.fill(logScale, 0, LANE_STEP << 1);
  }
  exciteLanes(z, logScale, shifts, exponents, input.activation, neurons, input.shift != 0);
  for (let r = neurons; r & 7; r++) memory.fill(z + LANE_STEP * r, 0, LANE_STEP);
}

/** o (width + 1,8) = S φ: numerators and, last, responses. */
export function askSynapses(o: usize, synapses: Synapses, z: usize): void {
  const depth = (synapses.neurons + 7) & ~7;
  for (let i = 0; i <= synapses.width; i += TILE_ROWS) {
    const rows = synapses.panels + ((<usize>(i * depth)) << 2);
    multiplyTile(o + LANE_STEP * i, LANE_STEP, rows, z, depth, false);
  }
}

/** Responses too faint to invert are lifted with their numerators; their exponents fall. */
function liftFaint(o: usize, exponents: usize, width: i32, count: i32): void {
  const c = o + LANE_STEP * width;
  for (let i = 0; i < count; i++) {
    const lane = (<usize>i) << 2;
    if (!(abs(load<f32>(c + lane)) < FAINT)) continue;
    for (let at = o + lane; at <= c + lane; at += LANE_STEP) store<f32>(at, load<f32>(at) * LIFT);
    store<i32>(exponents + lane, load<i32>(exponents + lane) - LIFT_EXPONENT);
  }
}

/**
 * The astrocyte's gate for up to eight answers o (width + 1,8), with exponents (8, i32): out (count,width) =
 * numerators / response (0 where that is 0), or the bare numerators; responses and exponents (count) are copied out.
 */
export function gateLanes(
  out: usize,
  stride: i32,
  responses: usize,
  exponents: usize,
  o: usize,
  units: usize,
  width: i32,
  count: i32,
  gate: bool,
): void {
  liftFaint(o, units, width, count);
  const c = o + LANE_STEP * width;
  memory.copy(responses, c, (<usize>count) << 2);
  memory.copy(exponents, units, (<usize>count) << 2);
  const one = f32x4.splat(1);
  for (let half: usize = 0; half < LANE_STEP; half += 16) {
    const response = v128.load(c + half);
    const inverse = v128.and(f32x4.div(one, response), f32x4.ne(response, f32x4.splat(0)));
    v128.store(c + half, gate ? inverse : one);
  }
  leaveLanes(out, stride, o, c, width, count);
}

// Read phase: out (rows,width) = H φ(q) / (g·φ(q)), with responses (rows) and their exponents (rows, i32); where `gate`
// is false, out = H φ(q), to be divided by the caller. Nothing changes in the synapses. Error of numerators and
// responses: see `writeTokens`; the quotient has both, and 2⁻²³ of its own. Where a response is 0, so is the output.
// A query's bits do not depend on the other queries, and a NaN stays in its row
export function readTokens(
  out: usize,
  outStride: i32,
  responses: usize,
  exponents: usize,
  synapsesAt: usize,
  inputAt: usize,
  q: usize,
  qStride: i32,
  rows: i32,
  gate: bool,
  scratch: usize,
): void {
  const synapses = changetype<Synapses>(synapsesAt);
  const input = changetype<HiddenInput>(inputAt);
  const units = scratch;
  const o = units + LANE_STEP;
  const z = o + LANE_STEP * paddedRows(synapses.width);
  const rest = z + LANE_STEP * activityRows(input.neurons);
  for (let t = 0; t < rows; t += TILE_COLUMNS) {
    const at = (<usize>t) << 2;
    const count = min(TILE_COLUMNS, rows - t);
    const from = q + ((<usize>t * <usize>qStride) << 2);
    exciteTokens(z, units, input, from, qStride, count, rest);
    askSynapses(o, synapses, z);
    for (let half: usize = 0; half < LANE_STEP; half += 16) {
      const total = i32x4.add(v128.load(units + half), i32x4.splat(synapses.exponent));
      v128.store(units + half, total);
    }
    const to = out + ((<usize>t * <usize>outStride) << 2);
    gateLanes(to, outStride, responses + at, exponents + at, o, units, synapses.width, count, gate);
  }
}
