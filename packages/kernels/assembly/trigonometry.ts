// sin and cos of four float32 lanes. The argument is reduced in float64, so that the error stays at
// 2e-7 absolute for |x| ≤ 10⁵ (the hidden activations see |W x + b| of a few hundred at most).

const TWO_OVER_PI: f64 = 0.63661977236758134308;
/** π/2 in two parts: the first has 33 bits, so that n times it is exact for |n| < 2²⁰ (fdlibm). */
const HALF_PI_HIGH: f64 = 1.57079632673412561417;
const HALF_PI_LOW: f64 = 6.07710050650619224932e-11;

// Cephes' sinf and cosf polynomials on [−π/4, π/4].
const SIN_COS = memory.data<f32>(
  [
    -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1, 2.443315711809948e-5,
    -1.388731625493765e-3, 4.166664568298827e-2,
  ],
  16,
);

/** Nearest whole n with x ≈ n·π/2, two float64 lanes. */
function quarterTurns(x: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)));
}

/** x − n·π/2, two float64 lanes. */
function remainder(x: v128, n: v128): v128 {
  const r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_HIGH)));
  return f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_LOW)));
}

/** sin(x + quarter·π/2): quarter 0 is sin, 1 is cos. */
export function sinLanes(x: v128, quarter: i32): v128 {
  const lowX = f64x2.promote_low_f32x4(x);
  const highX = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
  const lowN = quarterTurns(lowX);
  const highN = quarterTurns(highX);
  const r = v128.shuffle<i64>(
    f32x4.demote_f64x2_zero(remainder(lowX, lowN)),
    f32x4.demote_f64x2_zero(remainder(highX, highN)),
    0,
    2,
  );
  const n = i32x4.add(
    v128.shuffle<i64>(
      i32x4.trunc_sat_f64x2_s_zero(lowN),
      i32x4.trunc_sat_f64x2_s_zero(highN),
      0,
      2,
    ),
    i32x4.splat(quarter),
  );
  const z = f32x4.mul(r, r);
  let s = f32x4.add(f32x4.mul(v128.load32_splat(SIN_COS, 0), z), v128.load32_splat(SIN_COS, 4));
  s = f32x4.add(f32x4.mul(s, z), v128.load32_splat(SIN_COS, 8));
  s = f32x4.add(f32x4.mul(f32x4.mul(s, z), r), r);
  let c = f32x4.add(f32x4.mul(v128.load32_splat(SIN_COS, 12), z), v128.load32_splat(SIN_COS, 16));
  c = f32x4.add(f32x4.mul(c, z), v128.load32_splat(SIN_COS, 20));
  c = f32x4.mul(f32x4.mul(c, z), z);
  c = f32x4.add(c, f32x4.sub(f32x4.splat(1.0), f32x4.mul(f32x4.splat(0.5), z)));
  // Odd quarters swap sine and cosine; the second bit of n is the sign.
  const odd = i32x4.eq(v128.and(n, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(n, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}
