import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine.js';

/** Makes ten heads of each kind, some on threads, uses and drops them, and says what the last answered. */
const script = `
  import { astrocyteHead, hiddenLayer, openEngine, softmaxHead } from ${JSON.stringify(import.meta.resolve('@tripartite/sdk'))};
  const [width, tokens] = [8, 500];
  const x = Float32Array.from({ length: tokens * width }, (_, i) => (i % 17) / 17);
  const hidden = hiddenLayer({ kind: 'performer', neurons: 128, width });
  let answer;
  for (let i = 0; i < 10; i++) {
    const engine = i % 4 === 0 ? await openEngine({ threads: 3 }) : undefined;
    const options = { width, ...(engine && { engine }) };
    for (const head of [astrocyteHead({ ...options, hidden }), softmaxHead(options)]) {
      head.write(x, x);
      answer = head.read(x).output;
    }
    if (i === 4) engine.close();
  }
  console.log(answer.every(Number.isFinite), answer.length);`;

describe('threads', () => {
  it('keep no process alive, closed or not, when heads are dropped', async () => {
    const arguments_ = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, { timeout: 30_000 });
    expect(stdout.trim()).toBe('true 4000');
  });

  it('end when their engine is closed', async () => {
    const workers: Worker[] = [];
    const keep = (worker: Worker) => workers.push(worker);
    process.on('worker', keep);
    try {
      for (let time = 0; time < 3; time++) {
        const engine = await openEngine({ threads: 3 });
        engine.kernels.run([]);
        engine.close();
      }
    } finally {
      process.off('worker', keep);
    }
    expect(workers).toHaveLength(6);
    // A worker that has ended has no thread any more.
    await expect.poll(() => workers.map(({ threadId }) => threadId)).toEqual(Array(6).fill(-1));
  });
});
