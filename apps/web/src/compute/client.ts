import type { Answer, Job, Order, Progress, Report } from './messages.js';

/** A job that failed; `message` is one line for people. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Options of a job. */
export interface JobOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The page's side of the worker. */
export interface Client {
  /**
   * Carries out a job off the main thread. Resolves to undefined where the signal fired first, rejects with
   * `JobFailed`. A new job supersedes the one before, whose signal must have fired.
   */
  compare(job: Job, options: JobOptions): Promise<Answer | undefined>;
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
    compare(job, { signal, onProgress }) {
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
          resolve(undefined);
        };
        if (signal.aborted) return resolve(undefined);
        signal.addEventListener('abort', cancel);
        listeners.set(id, (report) => {
          if (report.type === 'progress') return onProgress(report.progress);
          end();
          if (report.type === 'done') resolve(report.answer);
          else reject(new JobFailed(report.message));
        });
        send({ type: 'compare', id, job });
      });
    },
  };
}
