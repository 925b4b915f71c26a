// Steps of gradient descent on rows of parameters.

// x (n) ← x − rate · m̂ / (√v̂ + epsilon), with m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g² (Adam, Kingma and Ba 2015);
// `first` and `second` are 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ)
export function adamStep(
  x: usize,
  m: usize,
  v: usize,
  g: usize,
  rate: f32,
  beta1: f32,
  beta2: f32,
  first: f32,
  second: f32,
  epsilon: f32,
  n: i32,
): void {
  const whole = n & ~3;
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(1 - beta2);
  const scale1 = f32x4.splat(rate * first);
  const scale2 = f32x4.splat(second);
  const floor = f32x4.splat(epsilon);
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    const slope = v128.load(g + at);
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(m + at)), f32x4.mul(take1, slope));
    const square = f32x4.add(
      f32x4.mul(keep2, v128.load(v + at)),
      f32x4.mul(take2, f32x4.mul(slope, slope)),
    );
    v128.store(m + at, mean);
    v128.store(v + at, square);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(square, scale2)), floor);
    const step = f32x4.div(f32x4.mul(scale1, mean), root);
    v128.store(x + at, f32x4.sub(v128.load(x + at), step));
  }
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    const slope = load<f32>(g + at);
    const mean = beta1 * load<f32>(m + at) + (1 - beta1) * slope;
    const square = beta2 * load<f32>(v + at) + (1 - beta2) * (slope * slope);
    store<f32>(m + at, mean);
    store<f32>(v + at, square);
    const step = (rate * first * mean) / (sqrt(square * second) + epsilon);
    store<f32>(x + at, load<f32>(x + at) - step);
  }
}
