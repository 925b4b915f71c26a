// A module of one function, peak(rounds: i32, one: f32) -> f32, written as bytes. Its inner step is that of a
// matrix product without the loads: c[i][j] ← c[i][j] + a[i] · b[j], all in registers. Eight sums hide the latency
// of addition; sums, factors and one product need fifteen registers, as many as an engine on x86 has free.
const rows = 2;
const columns = 4;

/** Operations of one round: a product and a sum in each of four lanes. */
export const operationsPerRound: number = rows * columns * 4 * 2;

const i32 = 0x7f;
const f32 = 0x7d;
const v128 = 0x7b;
const localGet = 0x20;
const localSet = 0x21;
const localTee = 0x22;
const splat = [0xfd, 0x13];
const extractLane0 = [0xfd, 0x1f, 0];
const add = [0xfd, 0xe4, 0x01];
const multiply = [0xfd, 0xe6, 0x01];

/**
 * Compiles the kernel that does nothing but multiply and add in registers: this processor's 128-bit peak
 * without fused operations.
 */
export function compilePeak(): (rounds: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const peak = exports.peak as (rounds: number, one: number) => number;
  return (rounds) => peak(rounds, 1);
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const rounds = 0;
  const one = 1;
  const a = (i: number) => 2 + i;
  const b = (j: number) => 2 + rows + j;
  const c = (i: number, j: number) => 2 + rows + columns + i * columns + j;
  const vectors = rows + columns + rows * columns;
  const pairs = Array.from({ length: rows * columns }, (_, at) => [
    Math.floor(at / columns),
    at % columns,
  ]) as [number, number][];
  // The last product of a row becomes its next factor: one is 1, but no engine knows and lifts products out.
  const step = pairs.flatMap(([i, j]) => [
    ...[localGet, c(i, j), localGet, a(i), localGet, b(j), ...multiply],
    ...(j === columns - 1 ? [localTee, a(i)] : []),
    ...[...add, localSet, c(i, j)],
  ]);
  const code = [
    ...Array.from({ length: rows + columns }, (_, at) => [
      ...[localGet, one, ...splat, localSet, 2 + at],
    ]).flat(),
    ...[0x03, 0x40], // loop
    ...step,
    ...[localGet, rounds, 0x41, 1, 0x6b, localTee, rounds], // rounds ← rounds − 1
    ...[0x0d, 0, 0x0b], // br_if 0, end
    ...[localGet, c(0, 0)],
    ...pairs.slice(1).flatMap(([i, j]) => [localGet, c(i, j), ...add]),
    ...[...extractLane0, 0x0b],
  ];
  const body = [1, vectors, v128, ...code];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, i32, f32, 1, f32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 4, ...new TextEncoder().encode('peak'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}
