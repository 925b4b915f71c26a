// Plain (n, n) matrices, row by row, written for clarity: the truth that tests compare with.

export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return a.map((_, index) => {
    const row = Math.floor(index / n);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (a[row * n + k] ?? 0) * (b[k * n + (index % n)] ?? 0);
    return sum;
  });
}

export function transpose(a: Float64Array, n: number): Float64Array {
  return a.map((_, index) => a[(index % n) * n + Math.floor(index / n)] ?? 0);
}

export function identity(n: number): Float64Array {
  return new Float64Array(n * n).map((_, index) => (index % (n + 1) === 0 ? 1 : 0));
}

export function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (b[i] ?? Infinity))), 0);
}
