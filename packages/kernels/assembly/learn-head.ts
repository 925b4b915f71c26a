// What one head loses by its hidden neurons on one sequence, and the gradient: per query
//
//     KL(p ‖ p̂) + λ (ln ĝ − ln g)²
//
// with p softmax's attention weights, g its normaliser, p̂ and ĝ those of the neurons (docs/model.md 2).
import {
  exciteKeys,
  exciteQueries,
  gradeParameters,
  matrixBytes,
  reverseAttention,
} from './fit-activity';
import { FitHead } from './fit-head';
import { addToRow, scaleRow, sumOfRow } from './fit-rows';
import { GEMM_SCRATCH, gemm } from './gemm';
import { log } from './logarithm';
import { softmaxRows } from './softmax';

/** Attention below this is not followed: its logarithm would rule the loss, its slope is lost in float32. */
const FAINTEST: f32 = 1e-30;

// Bytes of scratch memory of `learnHead`
export function learnHeadScratch(rows: i32, neurons: i32): f64 {
  return <f64>(
    (4 * matrixBytes(rows, neurons) +
      2 * matrixBytes(rows, rows) +
      5 * matrixBytes(rows, 1) +
      GEMM_SCRATCH)
  );
}

/** Σ p ln(p / p̂) of a query from its row of weights p and of unnormalised attention a with sum g. */
function divergence(p: usize, a: usize, g: f32, n: i32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < n; j++) {
    const weight = load<f32>(p + ((<usize>j) << 2));
    if (weight == 0) continue;
    const own = max(load<f32>(a + ((<usize>j) << 2)), FAINTEST);
    sum += <f64>weight * log((<f64>weight * <f64>g) / <f64>own);
  }
  return sum;
}

/** Row a ← its gradient: factor·((1 + push)/g − p/a), push what the response adds; nothing where a is too faint. */
function slopeOfRow(a: usize, p: usize, g: f32, push: f32, factor: f32, n: i32): void {
  const common = (factor * (1 + push)) / g;
  const whole = n & ~3;
  const commons = f32x4.splat(common);
  const factors = f32x4.splat(factor);
  const faintest = f32x4.splat(FAINTEST);
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    const own = v128.load(a + at);
    const pull = f32x4.div(f32x4.mul(factors, v128.load(p + at)), f32x4.max(own, faintest));
    const followed = v128.and(pull, f32x4.ge(own, faintest));
    v128.store(a + at, f32x4.sub(commons, followed));
  }
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    const own = load<f32>(a + at);
    const pull: f32 = own < FAINTEST ? 0 : (factor * load<f32>(p + at)) / own;
    store<f32>(a + at, common - pull);
  }
}

// gradient (as the parameters) and losses (2, f64: Σ over queries of KL where `measure`, else 0, and of (ln ĝ − ln g)²)
// of q, k (rows,d) balanced, gains (rows) a·k of the keys; λ and the factor on every query's loss
export function learnHead(
  gradient: usize,
  losses: usize,
  head: usize,
  q: usize,
  k: usize,
  gains: usize,
  rows: i32,
  response: f32,
  factor: f32,
  measure: bool,
  scratch: usize,
): void {
  const fit = changetype<FitHead>(head);
  const width = fit.width;
  const neurons = fit.neurons;
  const queries = scratch;
  const keys = queries + matrixBytes(rows, neurons);
  const queryInput = keys + matrixBytes(rows, neurons);
  const keyInput = queryInput + matrixBytes(rows, neurons);
  const attention = keyInput + matrixBytes(rows, neurons);
  const weights = attention + matrixBytes(rows, rows);
  const tops = weights + matrixBytes(rows, rows);
  const sums = tops + matrixBytes(rows, 1);
  const softSums = sums + matrixBytes(rows, 1);
  const softTops = softSums + matrixBytes(rows, 1);
  const rest = softTops + 2 * matrixBytes(rows, 1);

  exciteQueries(queries, tops, head, q, rows, rest);
  const top = exciteKeys(keys, head, k, gains, rows, rest);
  gemm(attention, rows, queries, neurons, 1, keys, 1, neurons, rows, rows, neurons, false, rest);
  gemm(weights, rows, q, width, 1, k, 1, width, rows, rows, width, false, rest);
  const rowBytes = (<usize>rows) << 2;
  for (let i = 0; i < rows; i++) addToRow(weights + <usize>i * rowBytes, gains, 0, rows);
  softmaxRows(weights, rows, softSums, softTops, 0, -1, rows, rows);

  const offset = load<f32>(fit.gains + 4);
  let kl: f64 = 0;
  let squares: f64 = 0;
  let pushes: f64 = 0;
  for (let i = 0; i < rows; i++) {
    const at = (<usize>i) << 2;
    const a = attention + <usize>i * rowBytes;
    const p = weights + <usize>i * rowBytes;
    const soft = load<f32>(softSums + at);
    scaleRow(p, 1 / soft, rows);
    const g = max(sumOfRow(a, rows), FAINTEST);
    const error =
      log(g) - log(soft) + <f64>(load<f32>(tops + at) + top + offset - load<f32>(softTops + at));
    if (measure) kl += divergence(p, a, g, rows);
    squares += error * error;
    const push = <f32>(2 * <f64>response * error);
    pushes += <f64>push;
    slopeOfRow(a, p, g, push, factor, rows);
  }
  store<f64>(losses, kl);
  store<f64>(losses, squares, 8);
  reverseAttention(queryInput, keyInput, attention, queries, keys, rows, neurons, rest);
  gradeParameters(gradient, sums, head, queryInput, keyInput, q, k, gains, rows, rest);
  store<f32>(fit.gains + 4 + (gradient - fit.base), <f32>(<f64>factor * pushes));
}
