// The hidden neurons of a head that is fitted: their activity, the attention it makes, and the way back from a gradient
// of the unnormalised attention to one of the parameters.

import { FitHead } from './fit-head';
import {
  addScaledRow,
  addScaledSquares,
  addToRow,
  exponentiateRow,
  multiplyRow,
  sumOfRow,
  weightedSquare,
} from './fit-rows';
import { gemm } from './gemm';

/** Bytes of (rows,n) float32, so that what follows is aligned. */
export function matrixBytes(rows: i32, n: i32): usize {
  return (<usize>rows * <usize>n * 4 + 15) & ~15;
}

/**
 * Activity of queries (rows,m): exp(W q + c [− ½ Σ α q²] − top), top (rows) the largest of each row. The offset o is
 * not in it.
 */
export function exciteQueries(
  activity: usize,
  tops: usize,
  head: usize,
  q: usize,
  rows: i32,
  scratch: usize,
): void {
  const fit = changetype<FitHead>(head);
  const width = fit.width;
  const neurons = fit.neurons;
  gemm(
    activity,
    neurons,
    q,
    width,
    1,
    fit.queryWeights,
    1,
    width,
    rows,
    neurons,
    width,
    false,
    scratch,
  );
  for (let t = 0; t < rows; t++) {
    const row = activity + ((<usize>t * <usize>neurons) << 2);
    const token = q + ((<usize>t * <usize>width) << 2);
    const term: f32 = fit.shared ? -0.5 * weightedSquare(token, fit.curvature, width) : 0;
    const top = addToRow(row, fit.queryBias, term, neurons);
    exponentiateRow(row, top, neurons);
    store<f32>(tops + ((<usize>t) << 2), top);
  }
}

/** Activity of keys (rows,m): exp(W k + c − ½ Σ α k² + γ g − top); returns top, the largest of all. */
export function exciteKeys(
  activity: usize,
  head: usize,
  k: usize,
  gains: usize,
  rows: i32,
  scratch: usize,
): f32 {
  const fit = changetype<FitHead>(head);
  const width = fit.width;
  const neurons = fit.neurons;
  const gamma = load<f32>(fit.gains);
  gemm(
    activity,
    neurons,
    k,
    width,
    1,
    fit.keyWeights,
    1,
    width,
    rows,
    neurons,
    width,
    false,
    scratch,
  );
  let top: f32 = -Infinity;
  for (let t = 0; t < rows; t++) {
    const row = activity + ((<usize>t * <usize>neurons) << 2);
    const token = k + ((<usize>t * <usize>width) << 2);
    const gain = load<f32>(gains + ((<usize>t) << 2));
    const term = gamma * gain - 0.5 * weightedSquare(token, fit.curvature, width);
    top = max(top, addToRow(row, fit.keyBias, term, neurons));
  }
  exponentiateRow(activity, top, rows * neurons);
  return top;
}

/**
 * From `slope` (queries,keys), the gradient of the unnormalised attention, to that of the neurons' inputs: dz_q and
 * dz_k (rows,m). Activities as the two functions above leave them.
 */
export function reverseAttention(
  queryInput: usize,
  keyInput: usize,
  slope: usize,
  queries: usize,
  keys: usize,
  rows: i32,
  neurons: i32,
  scratch: usize,
): void {
  gemm(queryInput, neurons, slope, rows, 1, keys, neurons, 1, rows, neurons, rows, false, scratch);
  gemm(keyInput, neurons, slope, 1, rows, queries, neurons, 1, rows, neurons, rows, false, scratch);
  multiplyRow(queryInput, queries, rows * neurons);
  multiplyRow(keyInput, keys, rows * neurons);
}

/** Gradient of one side's weights and bias from dz (rows,m) and its tokens x (rows,d), written or added. */
function gradeSide(
  weights: usize,
  bias: usize,
  dz: usize,
  x: usize,
  rows: i32,
  width: i32,
  neurons: i32,
  add: bool,
  scratch: usize,
): void {
  gemm(weights, width, dz, 1, neurons, x, width, 1, neurons, width, rows, add, scratch);
  if (!add) memory.fill(bias, 0, (<usize>neurons) << 2);
  for (let t = 0; t < rows; t++) {
    addScaledRow(bias, dz + ((<usize>t * <usize>neurons) << 2), 1, neurons);
  }
}

/**
 * Gradient row (order of the parameters) from dz_q and dz_k, but for the offset o. `sums` (rows) ← Σ_r dz_k, what each
 * key's common factor gets.
 */
export function gradeParameters(
  gradient: usize,
  sums: usize,
  head: usize,
  queryInput: usize,
  keyInput: usize,
  q: usize,
  k: usize,
  gains: usize,
  rows: i32,
  scratch: usize,
): void {
  const fit = changetype<FitHead>(head);
  const width = fit.width;
  const neurons = fit.neurons;
  const shift = gradient - fit.base;
  const curvature = fit.curvature + shift;
  gradeSide(
    fit.queryWeights + shift,
    fit.queryBias + shift,
    queryInput,
    q,
    rows,
    width,
    neurons,
    false,
    scratch,
  );
  gradeSide(
    fit.keyWeights + shift,
    fit.keyBias + shift,
    keyInput,
    k,
    rows,
    width,
    neurons,
    fit.shared != 0,
    scratch,
  );
  memory.fill(curvature, 0, (<usize>width) << 2);
  let gamma: f32 = 0;
  for (let t = 0; t < rows; t++) {
    const own = (<usize>t * <usize>neurons) << 2;
    const token = (<usize>t * <usize>width) << 2;
    const sum = sumOfRow(keyInput + own, neurons);
    store<f32>(sums + ((<usize>t) << 2), sum);
    gamma += sum * load<f32>(gains + ((<usize>t) << 2));
    addScaledSquares(curvature, k + token, -0.5 * sum, width);
    if (fit.shared) {
      addScaledSquares(curvature, q + token, -0.5 * sumOfRow(queryInput + own, neurons), width);
    }
  }
  store<f32>(fit.gains + shift, gamma);
}
