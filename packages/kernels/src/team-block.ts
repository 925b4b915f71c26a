import { type KernelCall, type Perform, reasonOf, type Scratch } from './calls.js';

// The memory by which the threads of a team agree, beside the kernels' own. Every word is read and written
// with Atomics, which are sequentially consistent: who sees a word's new value sees all that was written
// before it, kernel memory included.

/** Words of a block. */
export const word = {
  /** Goes up by one with every batch of calls; members sleep on it. */
  batch: 0,
  /** Members that sleep, or are about to. */
  sleeping: 1,
  /** Calls that nobody has taken; below 1 there is none. */
  left: 2,
  /** Calls of this batch. */
  count: 3,
  /** Calls of this batch that have ended, well or badly; the caller sleeps on it. */
  done: 4,
  /** 1 while the caller sleeps, or is about to. */
  waiting: 5,
  /** 1 once a call has failed; the first to set it writes the reason. */
  failed: 6,
  /** Where the threads' scratch memory begins, and the bytes from one thread's to the next's. */
  scratchBase: 7,
  scratchStride: 8,
} as const;

/**
 * Members and caller look for news this often before they sleep, some 0.6 ms in all: that bridges the work between two
 * products, and to be woken costs 20 to 100 µs.
 */
export const looks = 80_000;

const words = 10;
/** Calls that one batch holds. */
export const slots = 256;
/** float64 values of a call: its kernel, the number of its arguments, the arguments. */
const slotLength = 24;
/** Most arguments of a call. */
export const mostArguments: number = slotLength - 2;
/** Longest reason kept, in UTF-16 units. */
const reasonLength = 200;

/** A team's shared block, viewed. */
export interface Block {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly calls: Float64Array;
  readonly reason: Uint16Array;
}

/** Views a block, or makes one. */
export function viewBlock(
  buffer: SharedArrayBuffer = new SharedArrayBuffer(
    words * 4 + slots * slotLength * 8 + reasonLength * 2,
  ),
): Block {
  const reasonAt = words * 4 + slots * slotLength * 8;
  return {
    buffer,
    words: new Int32Array(buffer, 0, words),
    calls: new Float64Array(buffer, words * 4, slots * slotLength),
    reason: new Uint16Array(buffer, reasonAt, reasonLength),
  };
}

/** Names of a module's functions, in an order that is the same on every thread: a slot holds a place in it. */
export function functionNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
}

/** Writes a call into a slot; no call of the batch before may be left. */
export function writeCall(
  { calls }: Block,
  slot: number,
  kernel: number,
  [, ...args]: KernelCall,
): void {
  const at = slot * slotLength;
  calls[at] = kernel;
  calls[at + 1] = args.length;
  for (let i = 0; i < args.length; i++) calls[at + 2 + i] = Number(args[i]);
}

/** Tells all threads where their scratch memory is; before a batch begins. */
export function writeScratch({ words }: Block, { base, stride }: Scratch): void {
  Atomics.store(words, word.scratchBase, base);
  Atomics.store(words, word.scratchStride, stride);
}

function readScratch({ words }: Block, index: number): number {
  const base = Atomics.load(words, word.scratchBase) >>> 0;
  return base + index * (Atomics.load(words, word.scratchStride) >>> 0);
}

function noteFailure({ words, reason }: Block, error: unknown): void {
  if (Atomics.compareExchange(words, word.failed, 0, 1) !== 0) return;
  const text = reasonOf(error);
  reason.fill(0);
  for (let i = 0; i < Math.min(text.length, reason.length); i++) reason[i] = text.charCodeAt(i);
}

/** Copies the reason of the first failure. */
export function readFailure({ reason }: Block): string {
  const end = reason.indexOf(0);
  return String.fromCharCode(...reason.subarray(0, end < 0 ? reason.length : end));
}

/**
 * Takes calls and performs them until none is left. The count of the calls left is the one word that hands
 * them out: it is written last when a batch begins, so that a thread still looking for work from the batch
 * before either finds none or takes a call of the new one, whole.
 */
export function takeCalls(
  block: Block,
  names: readonly string[],
  perform: Perform,
  index: number,
): void {
  const { words, calls } = block;
  const args: number[] = [];
  for (;;) {
    const left = Atomics.sub(words, word.left, 1);
    if (left < 1) return;
    const count = Atomics.load(words, word.count);
    const at = (count - left) * slotLength;
    args.length = calls[at + 1] as number;
    for (let i = 0; i < args.length; i++) args[i] = calls[at + 2 + i] as number;
    try {
      perform(names[calls[at] as number], args, readScratch(block, index));
    } catch (error) {
      noteFailure(block, error);
    }
    const done = Atomics.add(words, word.done, 1) + 1;
    if (done === count && Atomics.load(words, word.waiting)) Atomics.notify(words, word.done);
  }
}
