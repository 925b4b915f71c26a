// The neuron–astrocyte associative memory (Kozachkov, Slotine, Krotov, PNAS 2025, doi 10.1073/pnas.2417788122)
// by Euler's method, with φ = g = ψ = tanh(β·):
//
//   τ_n x_i'  = −λ x_i + Σ_j g(s_ij) φ(x_j) + b_i                     x (N), neurons
//   τ_s s_ij' = −α s_ij + φ(x_i) φ(x_j) + ψ(p_ij) + c_ij              s (N,N), synapses
//   τ_p p_ij' = −γ p_ij + Σ_kl T_ijkl ψ(p_kl) + κ g(s_ij) + d_ij      p (N,N), astrocyte processes
//
// (Tψ)_ij = Σ_μ ξ_i ξ_j e_μ / N³ with the overlaps e_μ = Σ_kl ξ_k ψ(p_kl) ξ_l, which are known only after a pass
// over all of p. Their term is therefore added to a row of p when the next step, or the end, comes by it, and
// s and p stream through the cache once a step.

import { tanhLanes } from './lanes';
import { tanhLanes64 } from './lanes64';
import { addOverlaps, addStored, wholeGroups } from './stored-patterns';
import { closeRow, multiplyAdd, openRow, rowBytes, splat, sumLanes } from './width';

// Places in the table of parameters, float64.
const BETA: usize = 0;
const LAMBDA: usize = 8;
const ALPHA: usize = 16;
const GAMMA: usize = 24;
const KAPPA: usize = 32;
const TAU_N: usize = 40;
const TAU_S: usize = 48;
const TAU_P: usize = 56;
const DT: usize = 64;

/** tanh(x) of `tanhLanes` or `tanhLanes64`. */
function tanh<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? tanhLanes(x) : tanhLanes64(x);
}

/** Padded patterns and seven rows; overlaps, and what they add to p. */
function scratchBytes<T>(n: i32, count: i32): usize {
  const groups = <usize>wholeGroups(count);
  return (groups + 7) * rowBytes<T>(n) + 16 * groups;
}

/** dt/τ. */
function stepOver(parameters: usize, tau: usize): f64 {
  return load<f64>(parameters + DT) / load<f64>(parameters + tau);
}

/** x ← tanh(β x); `room` has room for a number. */
function activate<T>(x: usize, parameters: usize, bytes: usize, room: usize): void {
  const beta = splat<T>(load<f64>(parameters + BETA), room);
  for (const end = x + bytes; x < end; x += 16) {
    v128.store(x, tanh<T>(v128.mul<T>(v128.load(x), beta)));
  }
}

/** A step of row i of s and p, but for T; `phi` is φ(x). Gives Σ_j g(s_ij) φ(x_j), and ψ(p) of before. */
function advanceRow<T>(
  s: usize,
  p: usize,
  psi: usize,
  phi: usize,
  c: usize,
  d: usize,
  parameters: usize,
  i: i32,
  bytes: usize,
): f64 {
  const own = v128.load_splat<T>(phi + <usize>i * sizeof<T>());
  const beta = splat<T>(load<f64>(parameters + BETA), psi);
  const alpha = splat<T>(load<f64>(parameters + ALPHA), psi);
  const gamma = splat<T>(load<f64>(parameters + GAMMA), psi);
  const kappa = splat<T>(load<f64>(parameters + KAPPA), psi);
  const stepS = splat<T>(stepOver(parameters, TAU_S), psi);
  const stepP = splat<T>(stepOver(parameters, TAU_P), psi);
  let input = v128.splat<T>(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const synapse = v128.load(s + at);
    const process = v128.load(p + at);
    const other = v128.load(phi + at);
    const gain = tanh<T>(v128.mul<T>(synapse, beta));
    const release = tanh<T>(v128.mul<T>(process, beta));
    input = multiplyAdd<T>(gain, other, input);
    v128.store(psi + at, release);
    const inputS = multiplyAdd<T>(own, other, v128.add<T>(release, v128.load(c + at)));
    const inputP = multiplyAdd<T>(kappa, gain, v128.load(d + at));
    const slopeS = v128.sub<T>(inputS, v128.mul<T>(alpha, synapse));
    const slopeP = v128.sub<T>(inputP, v128.mul<T>(gamma, process));
    v128.store(s + at, multiplyAdd<T>(stepS, slopeS, synapse));
    v128.store(p + at, multiplyAdd<T>(stepP, slopeP, process));
  }
  return sumLanes<T>(input);
}

// x (n), s (n,n), p (n,n) ← `steps` Euler steps on; patterns ξ (count,n), inputs b (n), c and d (n,n), each 0 for
// none. All but the parameters have type T.
function advance<T>(
  x: usize,
  s: usize,
  p: usize,
  patterns: usize,
  b: usize,
  c: usize,
  d: usize,
  parameters: usize,
  steps: i32,
  n: i32,
  count: i32,
  scratch: usize,
): void {
  if (n <= 0) return;
  if (steps <= 0) return;
  const bytes = <usize>n * sizeof<T>();
  const wide = rowBytes<T>(n);
  const groups = wholeGroups(count);
  // What lies behind rows is 0 and stays so: all zeros, without inputs, is at rest.
  memory.fill(scratch, 0, scratchBytes<T>(n, count));
  for (let mu = 0; mu < count; mu++) {
    memory.copy(scratch + <usize>mu * wide, patterns + <usize>mu * bytes, bytes);
  }
  const xi = scratch;
  const zeros = xi + <usize>groups * wide;
  const phi = zeros + wide;
  const psi = phi + wide;
  const roomS = psi + wide;
  const roomP = roomS + wide;
  const roomC = roomP + wide;
  const roomD = roomC + wide;
  const overlaps = roomD + wide;
  const stored = overlaps + ((<usize>groups) << 3);
  const stepX = stepOver(parameters, TAU_N);
  const share = stepOver(parameters, TAU_P) / (<f64>n * <f64>n * <f64>n);

  for (let step = 0; step < steps; step++) {
    memory.copy(phi, x, bytes);
    activate<T>(phi, parameters, wide, psi);
    memory.fill(overlaps, 0, (<usize>groups) << 3);
    for (let i = 0; i < n; i++) {
      const from = <usize>i * bytes;
      const rowS = openRow(s + from, roomS, bytes);
      const rowP = openRow(p + from, roomP, bytes);
      const rowC = c ? openRow(c + from, roomC, bytes) : zeros;
      const rowD = d ? openRow(d + from, roomD, bytes) : zeros;
      if (step) addStored<T>(rowP, stored, xi, i, groups, wide, psi);
      let input = advanceRow<T>(rowS, rowP, psi, phi, rowC, rowD, parameters, i, wide);
      closeRow(s + from, rowS, bytes);
      closeRow(p + from, rowP, bytes);
      addOverlaps<T>(overlaps, psi, xi, i, groups, wide);
      const at = <usize>i * sizeof<T>();
      if (b) input += <f64>load<T>(b + at);
      const own = <f64>load<T>(x + at);
      store<T>(x + at, <T>(own + stepX * (input - load<f64>(parameters + LAMBDA) * own)));
    }
    for (let mu: usize = 0; mu < (<usize>groups) << 3; mu += 8) {
      store<f64>(stored + mu, share * load<f64>(overlaps + mu));
    }
  }
  for (let i = 0; i < n; i++) {
    const row = p + <usize>i * bytes;
    const opened = openRow(row, roomP, bytes);
    addStored<T>(opened, stored, xi, i, groups, wide, psi);
    closeRow(row, opened, bytes);
  }
}

/** Bytes of scratch memory for `memorySteps32`. */
export function memoryScratchBytes32(n: i32, count: i32): usize {
  return scratchBytes<f32>(n, count);
}

/** Bytes of scratch memory for `memorySteps64`. */
export function memoryScratchBytes64(n: i32, count: i32): usize {
  return scratchBytes<f64>(n, count);
}

/** `advance` in float32. */
export function memorySteps32(
  x: usize,
  s: usize,
  p: usize,
  patterns: usize,
  b: usize,
  c: usize,
  d: usize,
  parameters: usize,
  steps: i32,
  n: i32,
  count: i32,
  scratch: usize,
): void {
  advance<f32>(x, s, p, patterns, b, c, d, parameters, steps, n, count, scratch);
}

/** `advance` in float64. */
export function memorySteps64(
  x: usize,
  s: usize,
  p: usize,
  patterns: usize,
  b: usize,
  c: usize,
  d: usize,
  parameters: usize,
  steps: i32,
  n: i32,
  count: i32,
  scratch: usize,
): void {
  advance<f64>(x, s, p, patterns, b, c, d, parameters, steps, n, count, scratch);
}
