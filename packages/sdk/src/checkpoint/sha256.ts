/**
 * SHA-256 of bytes, hex (FIPS 180-4). Browsers lend theirs to secure pages only; elsewhere our own computes it, some
 * ten times slower.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  // Copied: bytes may lie in shared memory, which the platform's refuses.
  const hash = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', Uint8Array.from(bytes)))
    : digest(bytes);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The first 32 bits of the fractional parts of a root of the first primes, as the standard defines its constants. */
function rootBits(count: number, power: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let prime = 2, found = 0; found < count; prime++) {
    if (!isPrime(prime)) continue;
    out[found++] = fractionBits(BigInt(prime), power);
  }
  return out;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

/** ⌊ⁿ√p · 2³²⌋ mod 2³², by bisection over whole numbers. */
function fractionBits(p: bigint, power: number): number {
  const target = p << BigInt(32 * power);
  let root = 0n;
  for (let bit = 40n; bit >= 0n; bit--) {
    const larger = root | (1n << bit);
    if (larger ** BigInt(power) <= target) root = larger;
  }
  return Number(root & 0xffffffffn);
}

let constants: { readonly start: Uint32Array; readonly round: Uint32Array } | undefined;

/** SHA-256 in plain code. */
export function digest(bytes: Uint8Array): Uint8Array {
  constants ??= { start: rootBits(8, 2), round: rootBits(64, 3) };
  const state = constants.start.slice();
  const whole = bytes.length - (bytes.length % 64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(64);
  for (let at = 0; at < whole; at += 64) mix(state, view, at, words, constants.round);
  // The rest, a bit 1, zeros, and the length in bits: one block, or two.
  const rest = bytes.length - whole;
  const tail = new DataView(new ArrayBuffer(rest < 56 ? 64 : 128));
  new Uint8Array(tail.buffer).set(bytes.subarray(whole));
  tail.setUint8(rest, 0x80);
  tail.setBigUint64(tail.byteLength - 8, BigInt(bytes.length) * 8n);
  for (let at = 0; at < tail.byteLength; at += 64) mix(state, tail, at, words, constants.round);
  const out = new DataView(new ArrayBuffer(32));
  for (const [i, word] of state.entries()) out.setUint32(4 * i, word);
  return new Uint8Array(out.buffer);
}

function mix(
  state: Uint32Array,
  block: DataView,
  at: number,
  words: Uint32Array,
  round: Uint32Array,
): void {
  const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by));
  const word = (i: number) => words[i] as number;
  for (let i = 0; i < 16; i++) words[i] = block.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [early, late] = [word(i - 15), word(i - 2)];
    const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words[i] = word(i - 16) + s0 + word(i - 7) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (round[i] as number) + word(i)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = (state[i] as number) + value;
  });
}
