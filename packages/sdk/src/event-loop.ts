/** Most milliseconds of work between two turns of the event loop: a quarter of a frame. */
const patience = 4;

const waiting: (() => void)[] = [];
let wake: (() => void) | undefined;
let last = -Infinity;

/** Calls back in a task behind those that wait already, as messages to a worker do. */
function postTask(callback: () => void): void {
  if (!wake) {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => waiting.shift()?.());
    port1.start();
    wake = () => port2.postMessage(null);
  }
  waiting.push(callback);
  wake();
}

/**
 * Resolves in a task of its own, so that timers, input and messages have their turn. Not by a timer, which
 * browsers hold back 4 ms; nor by `scheduler.yield`, which may go on before a message that asks to stop.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else postTask(resolve);
  });
}

/**
 * To be awaited between pieces of work: `nextTask` where the last one was 4 ms ago or more, whoever asked for it,
 * else nothing, since a turn of the loop costs some microseconds.
 */
export function giveWay(): Promise<void> | undefined {
  const now = performance.now();
  if (now - last < patience) return undefined;
  return nextTask().then(() => {
    last = performance.now();
  });
}
