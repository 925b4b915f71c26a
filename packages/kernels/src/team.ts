import { startMember } from '#workers';
import type { KernelFunctions } from './abi.js';
import { createPerform, type KernelCall, performInOrder, reasonOf, type Scratch } from './calls.js';
import type { MemberOrder } from './member.js';
import {
  type Block,
  functionNames,
  looks,
  mostArguments,
  readFailure,
  slots,
  takeCalls,
  viewBlock,
  word,
  writeCall,
  writeScratch,
} from './team-block.js';

/** Performs independent calls on all its threads, the caller's among them. */
export interface Team {
  /** Performs all calls, each once; then throws an `Error` if one failed. */
  run(calls: readonly KernelCall[], scratch: Scratch): void;
  /** Ends the other threads. */
  close(): void;
}

/** Where a team works: its module, memory, and the functions of the caller's instance. */
export interface TeamPlace {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly functions: KernelFunctions;
  /** The caller's among them. */
  readonly threads: number;
  /** Seconds without any call ending after which a thread is taken for dead. */
  readonly patience: number;
}

/** The patience is used up in so many parts: a machine that is put to sleep uses up one at most. */
const parts = 60;

/** Whether this thread may sleep; a page's main thread may not. */
function maySleep(words: Int32Array): boolean {
  try {
    return Atomics.wait(words, word.done, Atomics.load(words, word.done) - 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

/** Waits for the last call to end, or until `milliseconds` have passed; `done` calls have ended. */
function awaitEnd(words: Int32Array, done: number, milliseconds: number, sleeps: boolean): void {
  if (sleeps) {
    Atomics.store(words, word.waiting, 1);
    Atomics.wait(words, word.done, done, milliseconds);
    Atomics.store(words, word.waiting, 0);
    return;
  }
  const end = performance.now() + milliseconds;
  while (Atomics.load(words, word.done) === done && performance.now() < end);
}

/** Waits for the calls that other threads have taken; false where none ended for `patience` seconds. */
function awaitRest({ words }: Block, count: number, sleeps: boolean, patience: number): boolean {
  for (let look = 0; look < looks; look++) {
    if (Atomics.load(words, word.done) === count) return true;
  }
  let before = -1;
  for (let idle = 0; idle < parts; ) {
    const done = Atomics.load(words, word.done);
    if (done === count) return true;
    idle = done === before ? idle + 1 : 0;
    before = done;
    awaitEnd(words, done, (patience * 1000) / parts, sleeps);
  }
  return Atomics.load(words, word.done) === count;
}

/** Starts all members; where one does not start, ends the others and rejects. */
async function startMembers(order: Omit<MemberOrder, 'index'>, count: number) {
  const starts = await Promise.allSettled(
    Array.from({ length: count }, (_, i) => startMember({ ...order, index: i + 1 })),
  );
  const ends = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const endAll = () => {
    for (const end of ends) end();
  };
  const failure = starts.find((start) => start.status === 'rejected');
  if (!failure) return endAll;
  endAll();
  const cause: unknown = failure.reason;
  throw new Error(`a kernel thread did not start: ${reasonOf(cause)}`, { cause });
}

/** Starts a team. Rejects with an `Error` where one does not start. */
export async function startTeam({
  module,
  memory,
  functions,
  threads,
  patience,
}: TeamPlace): Promise<Team> {
  const block = viewBlock();
  const { words } = block;
  const close = await startMembers({ module, memory, block: block.buffer }, threads - 1);
  const names = functionNames(module);
  const indices = new Map<string, number>(names.map((name, index) => [name, index]));
  const perform = createPerform(functions);
  const sleeps = maySleep(words);
  let dead = false;

  const write = (call: KernelCall, slot: number): void => {
    const [name] = call;
    if (call.length - 1 > mostArguments) {
      throw new RangeError(
        `call of ${name} has ${call.length - 1} arguments; at most ${mostArguments} are allowed`,
      );
    }
    writeCall(block, slot, indices.get(name) ?? names.length, call);
  };

  const runBatch = (calls: readonly KernelCall[]): void => {
    calls.forEach(write);
    Atomics.store(words, word.count, calls.length);
    Atomics.store(words, word.done, 0);
    Atomics.store(words, word.left, calls.length);
    Atomics.add(words, word.batch, 1);
    if (Atomics.load(words, word.sleeping)) Atomics.notify(words, word.batch, calls.length - 1);
    takeCalls(block, names, perform, 0);
    dead = !awaitRest(block, calls.length, sleeps, patience);
  };

  const refuseDead = (): void => {
    if (!dead) return;
    close();
    throw new Error('the kernel threads are lost: one did not end its call; open the kernels anew');
  };

  return {
    close,
    run(calls, scratch) {
      refuseDead();
      if (calls.length < 2) return performInOrder(perform, calls, scratch.base);
      Atomics.store(words, word.failed, 0);
      writeScratch(block, scratch);
      for (let from = 0; from < calls.length; from += slots) {
        runBatch(calls.slice(from, from + slots));
        refuseDead();
      }
      if (Atomics.load(words, word.failed)) throw new Error(readFailure(block));
    },
  };
}
