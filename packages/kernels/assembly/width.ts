// Lanes of either width, and rows of whole lanes: T is f32 (four lanes) or f64 (two). The compiler makes a
// function of each.

/** a·b + c: rounded twice in the plain build, once or twice in the relaxed one. */
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** A number in every lane, by way of memory at `room`: in V8 of Node 20 splats of registers slow down loops. */
export function splat<T>(value: f64, room: usize): v128 {
  store<T>(room, <T>value);
  return v128.load_splat<T>(room);
}

/** Sum of the lanes, in float64 and in a fixed order. */
export function sumLanes<T>(x: v128): f64 {
  const sum = <f64>v128.extract_lane<T>(x, 0) + <f64>v128.extract_lane<T>(x, 1);
  if (sizeof<T>() == 8) return sum;
  return sum + (<f64>v128.extract_lane<T>(x, 2) + <f64>v128.extract_lane<T>(x, 3));
}

/** Bytes of a row of n values, rounded up to whole lanes. */
export function rowBytes<T>(n: i32): usize {
  return (<usize>n * sizeof<T>() + 15) & ~15;
}

/** A row as whole lanes: itself, or where it ends amid lanes a copy in `room`, which keeps what lies behind. */
export function openRow(row: usize, room: usize, bytes: usize): usize {
  if (!(bytes & 15)) return row;
  memory.copy(room, row, bytes);
  return room;
}

/** Puts an opened row back in its place. */
export function closeRow(row: usize, opened: usize, bytes: usize): void {
  if (opened != row) memory.copy(row, opened, bytes);
}
