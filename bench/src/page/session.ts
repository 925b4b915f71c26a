import { contestEntries } from '../contests.js';
import type { MeasuredRow } from '../rows.js';
import type { Order, Reply } from './order.js';

/** What to measure, and how. */
export interface Plan extends Omit<Order, 'entry'> {
  /** Only entries whose name contains this. */
  readonly only: string;
}

/** Who hears what a session does. */
export interface Listener {
  /** An entry begins, number `at` (from 0) of `count`. */
  begin(name: string, at: number, count: number): void;
  rows(rows: readonly MeasuredRow[]): void;
  /** An entry failed; the next one follows. */
  failure(name: string, message: string): void;
}

/**
 * Measures the entries one after another, each in a fresh worker: the page stays responsive, and neither memory nor
 * what the engine learned about shared code is left over from the entry before. Ends early when `signal` aborts.
 */
export async function runSession(
  { only, ...order }: Plan,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const chosen = contestEntries(order.threads, order.fast)
    .map(({ name }, entry) => ({ name, entry }))
    .filter(({ name }) => name.includes(only));
  for (const [at, { name, entry }] of chosen.entries()) {
    if (signal.aborted) return;
    listener.begin(name, at, chosen.length);
    const failure = await runEntry({ ...order, entry }, listener, signal);
    if (failure !== undefined) listener.failure(name, failure);
  }
}

/** Resolves when the entry is measured or given up; says why it failed. */
function runEntry(
  order: Order,
  listener: Listener,
  signal: AbortSignal,
): Promise<string | undefined> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Promise<string | undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    worker.onerror = (event) => resolve(event.message || 'its worker cannot be loaded');
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ('rows' in data) listener.rows(data.rows);
      else resolve('error' in data ? data.error : undefined);
    };
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}
