// The storage tensor of the associative memory, T_ijkl = Σ_μ ξ_i ξ_j ξ_k ξ_l / N³, as what it is: K patterns.
// Rows are `bytes` long, a whole number of lanes; the caller pads them and their number with zeros.
import { multiplyAdd, splat, sumLanes } from './width';

/** Patterns taken at once: as many as registers hold sums and factors for, beside the row they share. */
const GROUP: i32 = 5;

/** The number of patterns rounded up to whole groups. */
export function wholeGroups(count: i32): i32 {
  return ((count + GROUP - 1) / GROUP) * GROUP;
}

/** e_μ += ξ_i Σ_j ψ_j ξ_j for every pattern; ψ is row i. Both e and the sums over rows are float64. */
export function addOverlaps<T>(
  e: usize,
  psi: usize,
  patterns: usize,
  i: i32,
  count: i32,
  bytes: usize,
): void {
  const end = psi + bytes;
  for (let mu = 0; mu < count; mu += GROUP) {
    let sum0 = v128.splat<T>(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let sum4 = sum0;
    let xi = patterns;
    for (let at = psi; at < end; at += 16) {
      const value = v128.load(at);
      sum0 = multiplyAdd<T>(value, v128.load(xi), sum0);
      sum1 = multiplyAdd<T>(value, v128.load(xi + bytes), sum1);
      sum2 = multiplyAdd<T>(value, v128.load(xi + 2 * bytes), sum2);
      sum3 = multiplyAdd<T>(value, v128.load(xi + 3 * bytes), sum3);
      sum4 = multiplyAdd<T>(value, v128.load(xi + 4 * bytes), sum4);
      xi += 16;
    }
    const own = patterns + <usize>i * sizeof<T>();
    addOverlap<T>(e, sum0, own);
    addOverlap<T>(e + 8, sum1, own + bytes);
    addOverlap<T>(e + 16, sum2, own + 2 * bytes);
    addOverlap<T>(e + 24, sum3, own + 3 * bytes);
    addOverlap<T>(e + 32, sum4, own + 4 * bytes);
    patterns += <usize>GROUP * bytes;
    e += GROUP * 8;
  }
}

function addOverlap<T>(e: usize, sum: v128, xi: usize): void {
  store<f64>(e, load<f64>(e) + <f64>load<T>(xi) * sumLanes<T>(sum));
}

/** p += Σ_μ t_μ ξ_i ξ^μ; p is row i, t (count) float64; `room` has room for a number. */
export function addStored<T>(
  p: usize,
  t: usize,
  patterns: usize,
  i: i32,
  count: i32,
  bytes: usize,
  room: usize,
): void {
  const end = p + bytes;
  for (let mu = 0; mu < count; mu += GROUP) {
    const own = patterns + <usize>i * sizeof<T>();
    const factor0 = splat<T>(storedShare<T>(t, own), room);
    const factor1 = splat<T>(storedShare<T>(t + 8, own + bytes), room);
    const factor2 = splat<T>(storedShare<T>(t + 16, own + 2 * bytes), room);
    const factor3 = splat<T>(storedShare<T>(t + 24, own + 3 * bytes), room);
    const factor4 = splat<T>(storedShare<T>(t + 32, own + 4 * bytes), room);
    let xi = patterns;
    for (let at = p; at < end; at += 16) {
      let sum = multiplyAdd<T>(factor0, v128.load(xi), v128.load(at));
      sum = multiplyAdd<T>(factor1, v128.load(xi + bytes), sum);
      sum = multiplyAdd<T>(factor2, v128.load(xi + 2 * bytes), sum);
      sum = multiplyAdd<T>(factor3, v128.load(xi + 3 * bytes), sum);
      v128.store(at, multiplyAdd<T>(factor4, v128.load(xi + 4 * bytes), sum));
      xi += 16;
    }
    patterns += <usize>GROUP * bytes;
    t += GROUP * 8;
  }
}

function storedShare<T>(t: usize, xi: usize): f64 {
  return load<f64>(t) * <f64>load<T>(xi);
}
