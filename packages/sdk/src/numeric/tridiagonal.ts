/**
 * Householder's reduction of a symmetric (n, n) matrix. Overwrites `a`; leaves Qᵀ a Q in `diagonal` and `beside` (entry k couples k and k + 1). Row k
 * of the result is the vector v of reflection k, I − v vᵀ, zeros where nothing had to be reflected.
 */
export function tridiagonalise(
  a: Float64Array,
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array {
  const reflectors = new Float64Array(n * n);
  const image = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k] as number;
    if (k === n - 1) break;
    const head = a[k * n + k + 1] as number;
    let tail = 0;
    for (let j = k + 2; j < n; j++) tail += (a[k * n + j] as number) * (a[k * n + j] as number);
    if (tail === 0) {
      beside[k] = head;
      continue;
    }
    // v = (x ∓ ‖x‖ e₁) scaled to vᵀv = 2, the sign such that nothing cancels.
    const norm = Math.sqrt(head * head + tail);
    const image0 = head > 0 ? -norm : norm;
    beside[k] = image0;
    const v = reflectors.subarray(k * n, (k + 1) * n);
    const factor = 1 / Math.sqrt(norm * (norm + Math.abs(head)));
    v[k + 1] = (head - image0) * factor;
    for (let j = k + 2; j < n; j++) v[j] = (a[k * n + j] as number) * factor;
    // a ← (I − vvᵀ) a (I − vvᵀ) = a − v wᵀ − w vᵀ, w = av − (vᵀav / 2) v.
    let overlap = 0;
    for (let i = k + 1; i < n; i++) {
      image[i] = dot(a, i * n, v, 0, k + 1, n);
      overlap += (image[i] as number) * (v[i] as number);
    }
    for (let i = k + 1; i < n; i++)
      image[i] = (image[i] as number) - (overlap / 2) * (v[i] as number);
    for (let i = k + 1; i < n; i++) {
      const vi = v[i] as number;
      const wi = image[i] as number;
      for (let j = k + 1; j < n; j++) {
        a[i * n + j] = (a[i * n + j] as number) - vi * (image[j] as number) - wi * (v[j] as number);
      }
    }
  }
  return reflectors;
}

/** Qᵀ, the transposed product of the reflections that `tridiagonalise` gave: one basis vector a row. */
export function multiplyReflectors(reflectors: Float64Array, n: number): Float64Array {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    for (let i = k + 1; i < n; i++) {
      const along = dot(basis, i * n, reflectors, k * n, k + 1, n);
      for (let j = k + 1; j < n; j++) {
        basis[i * n + j] = (basis[i * n + j] as number) - along * (reflectors[k * n + j] as number);
      }
    }
  }
  return basis;
}

/** Σ a[atA + j] b[atB + j] for j from `from` to before `to`. */
function dot(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += (a[atA + j] as number) * (b[atB + j] as number);
  return sum;
}
