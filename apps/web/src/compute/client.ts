import type { Job, JobEvent, Order, Report } from './messages.js';

/** A job that failed; `message` is one line for people. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Options of a job. */
export interface JobOptions {
  readonly signal: AbortSignal;
  /** True where its answer is known, so that only what stands beside it is computed. */
  readonly answered: boolean;
  readonly onEvent: (event: JobEvent) => void;
}

/** The page's side of the worker. */
export interface Client {
  /**
   * Carries out a job off the main thread. Resolves when it has ended or the signal has fired, rejects with
   * `JobFailed`. A new job supersedes the one before, whose signal must have fired.
   */
  carryOut(job: Job, options: JobOptions): Promise<void>;
}

/** Starts the worker; it loads a model when a job first needs it. */
export function createClient(): Client {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const listeners = new Map<number, (report: Report) => void>();
  let lastId = 0;
  const send = (order: Order) => worker.postMessage(order);
  const fail = (message: string) => {
    for (const [id, listener] of [...listeners]) listener({ type: 'failed', id, message });
  };

  worker.onmessage = ({ data }: MessageEvent<Report>) => listeners.get(data.id)?.(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`The worker stopped: ${event.message || 'it cannot be loaded'}; reload the page`);
  };

  return {
    carryOut(job, { signal, answered, onEvent }) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const end = () => {
          listeners.delete(id);
          signal.removeEventListener('abort', cancel);
        };
        const cancel = () => {
          end();
          send({ type: 'cancel', id });
          resolve();
        };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', cancel);
        listeners.set(id, (report) => {
          if (report.type !== 'done' && report.type !== 'failed') return onEvent(report);
          end();
          if (report.type === 'done') resolve();
          else reject(new JobFailed(report.message));
        });
        send({ type: 'compare', id, job, answered });
      });
    },
  };
}
