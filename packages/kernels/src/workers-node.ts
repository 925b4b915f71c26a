import { Worker } from 'node:worker_threads';
import type { MemberOrder } from './member.js';

/** True: Node has shared memory and workers. */
export function threadsSupported(): boolean {
  return true;
}

/** Starts a member's thread and waits until it is ready; gives what ends it. It keeps no process alive. */
export function startMember(order: MemberOrder): Promise<() => void> {
  const worker = new Worker(new URL('./member-node.js', import.meta.url), {
    workerData: order,
    // The process's own may fit its main script alone: --input-type, for one.
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.unref();
      resolve(() => void worker.terminate());
    });
    // Stays after the start too, where an unheard error would end the process: the others do its work.
    worker.on('error', reject);
    worker.once('exit', (code) => reject(new Error(`its worker ended with exit code ${code}`)));
  });
}
