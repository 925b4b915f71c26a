// A module of one function, peak(rounds: i32) -> f32, written as bytes: in every round twelve independent
// vectors c ← c · factor + shift. Twelve hide the latency of both operations and fit into sixteen registers.
const chains = 12;

/** Operations of one round: a product and a sum in each of four lanes. */
export const operationsPerRound: number = chains * 4 * 2;

const i32 = 0x7f;
const f32 = 0x7d;
const v128 = 0x7b;
const localGet = 0x20;
const localSet = 0x21;
const f32Const = 0x43;
const splat = [0xfd, 0x13];
const extractLane0 = [0xfd, 0x1f, 0];
const add = [0xfd, 0xe4, 0x01];
const multiply = [0xfd, 0xe6, 0x01];

/** Compiles the kernel that does nothing but multiply and add in registers: this processor's 128-bit peak. */
export function compilePeak(): (rounds: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  return exports.peak as (rounds: number) => number;
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const factor = chains + 1;
  const shift = chains + 2;
  const vectors = Array.from({ length: chains }, (_, at) => at + 1);
  const load = (local: number, value: number) => [
    f32Const,
    ...new Uint8Array(Float32Array.of(value).buffer),
    ...splat,
    localSet,
    local,
  ];
  const code = [
    ...vectors.flatMap((c) => load(c, c / 10)),
    // A fixed point at 1, so that values stay ordinary.
    ...load(factor, 0.5),
    ...load(shift, 0.5),
    ...[0x03, 0x40], // loop
    ...vectors.flatMap((c) => [
      ...[localGet, c, localGet, factor, ...multiply],
      ...[localGet, shift, ...add, localSet, c],
    ]),
    ...[localGet, 0, 0x41, 1, 0x6b, 0x22, 0], // rounds ← rounds − 1, kept
    ...[0x0d, 0, 0x0b], // br_if 0, end
    ...[localGet, 1],
    ...vectors.slice(1).flatMap((c) => [localGet, c, ...add]),
    ...extractLane0,
    0x0b,
  ];
  const body = [1, chains + 2, v128, ...code];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, i32, 1, f32]),
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
