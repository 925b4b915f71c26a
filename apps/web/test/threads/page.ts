import { multiplyOnThreads, type Report } from './product.js';

/** What the worker sends, as the app's does; and what this page's own thread, which may not sleep, computes. */
export interface Reports {
  readonly worker: Report;
  readonly page: Report;
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = async ({ data }: MessageEvent<Report>) => {
  const reports: Reports = { worker: data, page: await multiplyOnThreads(2) };
  const output = document.querySelector('output');
  if (output) output.textContent = JSON.stringify(reports);
};
