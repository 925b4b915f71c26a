// Layer normalisation, its sums in float64.

/** Four float32 lanes as their first and last two in float64. */
export function firstTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

export function lastTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
}

export function sumTwo(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Sum of a row, in float64. */
export function sumRow(x: usize, n: i32): f64 {
  const whole = n & ~3;
  let sum = f64x2.splat(0);
  for (let j = 0; j < whole; j += 4) {
    const v = v128.load(x + ((<usize>j) << 2));
    sum = f64x2.add(sum, f64x2.add(firstTwo(v), lastTwo(v)));
  }
  let total = sumTwo(sum);
  for (let j = whole; j < n; j++) total += load<f32>(x + ((<usize>j) << 2));
  return total;
}

/** Sum of squared differences of a row from `mean`, in float64. */
export function sumSquares(x: usize, mean: f64, n: i32): f64 {
  const whole = n & ~3;
  const means = f64x2.splat(mean);
  let sum = f64x2.splat(0);
  for (let j = 0; j < whole; j += 4) {
    const v = v128.load(x + ((<usize>j) << 2));
    const a = f64x2.sub(firstTwo(v), means);
    const b = f64x2.sub(lastTwo(v), means);
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
  }
  let total = sumTwo(sum);
  for (let j = whole; j < n; j++) {
    const difference = <f64>load<f32>(x + ((<usize>j) << 2)) - mean;
    total += difference * difference;
  }
  return total;
}

// out (rows,n) = (x − mean) / √(variance + epsilon) · weight + bias, per row; biased variance. Error: at most
// 3·2⁻²⁴·(|out − bias| + |bias|), and 3e-12 where the row is nearly constant
export function layerNorm(
  out: usize,
  x: usize,
  weight: usize,
  bias: usize,
  epsilon: f32,
  rows: i32,
  n: i32,
): void {
  const whole = n & ~3;
  for (let t = 0; t < rows; t++) {
    const mean = sumRow(x, n) / n;
    const inverse = 1 / sqrt(sumSquares(x, mean, n) / n + <f64>epsilon);
    const means = f64x2.splat(mean);
    const inverses = f64x2.splat(inverse);
    for (let j = 0; j < whole; j += 4) {
      const at = (<usize>j) << 2;
      const v = v128.load(x + at);
      const a = f64x2.mul(f64x2.sub(firstTwo(v), means), inverses);
      const b = f64x2.mul(f64x2.sub(lastTwo(v), means), inverses);
      const normal = v128.shuffle<i64>(
        f32x4.demote_f64x2_zero(a),
        f32x4.demote_f64x2_zero(b),
        0,
        2,
      );
      const scaled = f32x4.mul(normal, v128.load(weight + at));
      v128.store(out + at, f32x4.add(scaled, v128.load(bias + at)));
    }
    for (let j = whole; j < n; j++) {
      const at = (<usize>j) << 2;
      const normal = <f32>((<f64>load<f32>(x + at) - mean) * inverse);
      store<f32>(out + at, normal * load<f32>(weight + at) + load<f32>(bias + at));
    }
    x += (<usize>n) << 2;
    out += (<usize>n) << 2;
  }
}
