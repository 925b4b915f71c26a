import { createPerform } from './calls.js';
import { instantiate } from './instance.js';
import { functionNames, looks, takeCalls, viewBlock, word } from './team-block.js';

/** What a member of a team is sent to begin with. */
export interface MemberOrder {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly block: SharedArrayBuffer;
  /** Its place among the threads; the caller's is 0. */
  readonly index: number;
}

/** A member's life: waits for batches of calls and helps with them, until its worker is terminated. */
export function serve(
  { module, memory, block: buffer, index }: MemberOrder,
  onReady: () => void,
): never {
  const names = functionNames(module);
  const perform = createPerform(instantiate(module, memory));
  const block = viewBlock(buffer);
  const { words } = block;
  let seen = Atomics.load(words, word.batch);
  onReady();
  for (;;) {
    let look = 0;
    while (look < looks && Atomics.load(words, word.batch) === seen) look += 1;
    if (look === looks) {
      Atomics.add(words, word.sleeping, 1);
      Atomics.wait(words, word.batch, seen);
      Atomics.sub(words, word.sleeping, 1);
    }
    seen = Atomics.load(words, word.batch);
    takeCalls(block, names, perform, index);
  }
}
