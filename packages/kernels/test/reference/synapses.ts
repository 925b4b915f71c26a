/** Σ of float32 values in float64, compensated (Neumaier 1974): exact beyond float32's needs. */
export function total(values: Iterable<number>): number {
  let sum = 0;
  let rest = 0;
  for (const value of values) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}

/** 2^n, 0 below the smallest normal float32, as the kernels have it. */
export function power(n: number): number {
  return n < -126 ? 0 : 2 ** n;
}
