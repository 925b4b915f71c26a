// A head with hidden neurons inside a transformer whose output is to come closer to a teacher's: forward, keeping what
// the way back needs, and back from the gradient of the head's output to those of its parameters and tokens.
import {
  exciteKeys,
  exciteQueries,
  gradeParameters,
  matrixBytes,
  reverseAttention,
} from './fit-activity';
import { FitHead } from './fit-head';
import { addScaledProduct, dotRows, scaleRow, sumOfRow } from './fit-rows';
import { GEMM_SCRATCH, gemm } from './gemm';

/** A query whose response is not above this keeps still. */
const FAINTEST: f32 = 1e-30;

// Bytes that `tuneHead` keeps for `tuneHeadReverse`: activities of queries and keys (rows,m), attention (rows,rows), its
// sums before it was divided by them (rows)
export function tunedBytes(rows: i32, neurons: i32): f64 {
  return <f64>(2 * matrixBytes(rows, neurons) + matrixBytes(rows, rows) + matrixBytes(rows, 1));
}

// Bytes of scratch memory of `tuneHead` and `tuneHeadReverse`
export function tuneScratch(rows: i32, neurons: i32): f64 {
  return <f64>(
    (2 * matrixBytes(rows, neurons) +
      matrixBytes(rows, rows) +
      2 * matrixBytes(rows, 1) +
      GEMM_SCRATCH)
  );
}

// out (rows,valueWidth) of a head on q, k (rows,d) balanced, gains (rows), v (rows,valueWidth); `kept` for the way back
export function tuneHead(
  out: usize,
  outStride: i32,
  kept: usize,
  head: usize,
  q: usize,
  k: usize,
  gains: usize,
  v: usize,
  vStride: i32,
  rows: i32,
  valueWidth: i32,
  scratch: usize,
): void {
  const neurons = changetype<FitHead>(head).neurons;
  const queries = kept;
  const keys = queries + matrixBytes(rows, neurons);
  const attention = keys + matrixBytes(rows, neurons);
  const sums = attention + matrixBytes(rows, rows);
  const rest = scratch + matrixBytes(rows, 1);
  exciteQueries(queries, scratch, head, q, rows, rest);
  exciteKeys(keys, head, k, gains, rows, rest);
  gemm(attention, rows, queries, neurons, 1, keys, 1, neurons, rows, rows, neurons, false, rest);
  for (let i = 0; i < rows; i++) {
    const row = attention + ((<usize>(i * rows)) << 2);
    const sum = max(sumOfRow(row, rows), FAINTEST);
    store<f32>(sums + ((<usize>i) << 2), sum);
    scaleRow(row, 1 / sum, rows);
  }
  gemm(out, outStride, attention, rows, 1, v, vStride, 1, rows, valueWidth, rows, false, rest);
}

// gradient (as the parameters), of q and k (rows,d), gains (rows) where `tokens`, and of v (rows,valueWidth), from that of
// the output; the rest as `tuneHead` had it
export function tuneHeadReverse(
  gradient: usize,
  dq: usize,
  dk: usize,
  dGains: usize,
  dv: usize,
  dvStride: i32,
  kept: usize,
  head: usize,
  q: usize,
  k: usize,
  gains: usize,
  v: usize,
  vStride: i32,
  dOut: usize,
  dOutStride: i32,
  rows: i32,
  valueWidth: i32,
  tokens: bool,
  scratch: usize,
): void {
  const fit = changetype<FitHead>(head);
  const neurons = fit.neurons;
  const width = fit.width;
  const queries = kept;
  const keys = queries + matrixBytes(rows, neurons);
  const attention = keys + matrixBytes(rows, neurons);
  const responses = attention + matrixBytes(rows, rows);
  const queryInput = scratch;
  const keyInput = queryInput + matrixBytes(rows, neurons);
  const slope = keyInput + matrixBytes(rows, neurons);
  const sums = slope + matrixBytes(rows, rows);
  const rest = sums + 2 * matrixBytes(rows, 1);

  gemm(slope, rows, dOut, dOutStride, 1, v, 1, vStride, rows, rows, valueWidth, false, rest);
  gemm(dv, dvStride, attention, 1, rows, dOut, dOutStride, 1, rows, valueWidth, rows, false, rest);
  for (let i = 0; i < rows; i++) {
    const at = (<usize>(i * rows)) << 2;
    const response = load<f32>(responses + ((<usize>i) << 2));
    const mean = dotRows(attention + at, slope + at, rows);
    slopeOfShares(slope + at, mean, response > FAINTEST ? 1 / response : 0, rows);
  }
  reverseAttention(queryInput, keyInput, slope, queries, keys, rows, neurons, rest);
  gradeParameters(gradient, sums, head, queryInput, keyInput, q, k, gains, rows, rest);
  store<f32>(fit.gains + 4 + (gradient - fit.base), 0);
  if (!tokens) return;
  gemm(
    dq,
    width,
    queryInput,
    neurons,
    1,
    fit.queryWeights,
    width,
    1,
    rows,
    width,
    neurons,
    false,
    rest,
  );
  gemm(
    dk,
    width,
    keyInput,
    neurons,
    1,
    fit.keyWeights,
    width,
    1,
    rows,
    width,
    neurons,
    false,
    rest,
  );
  const gamma = load<f32>(fit.gains);
  for (let t = 0; t < rows; t++) {
    const token = (<usize>(t * width)) << 2;
    const sum = load<f32>(sums + ((<usize>t) << 2));
    store<f32>(dGains + ((<usize>t) << 2), gamma * sum);
    addScaledProduct(dk + token, fit.curvature, k + token, -sum, width);
    if (!fit.shared) continue;
    const own = sumOfRow(queryInput + ((<usize>(t * neurons)) << 2), neurons);
    addScaledProduct(dq + token, fit.curvature, q + token, -own, width);
  }
}

/** x (n) ← (x − mean) · factor. */
function slopeOfShares(x: usize, mean: f32, factor: f32, n: i32): void {
  for (let j = 0; j < n; j++) {
    const at = x + ((<usize>j) << 2);
    store<f32>(at, (load<f32>(at) - mean) * factor);
  }
}
