import type { MemberOrder } from './member.js';

/** True where the page is cross-origin isolated, since only there memory can be shared with workers. */
export function threadsSupported(): boolean {
  return globalThis.crossOriginIsolated === true && typeof Worker === 'function';
}

/** Starts a member's worker and waits until it is ready; gives what ends it. */
export function startMember(order: MemberOrder): Promise<() => void> {
  const worker = new Worker(new URL('./member-web.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve(() => worker.terminate());
    const fail = (reason: string) => {
      worker.terminate();
      reject(new Error(reason));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message || 'its worker cannot be loaded');
    };
    worker.onmessageerror = () => fail('its worker cannot receive the module');
    worker.postMessage(order);
  });
}
