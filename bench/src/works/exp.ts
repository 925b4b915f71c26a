import { openKernels } from '@tripartite/kernels';
import type { Contest, Setting } from '../contest.js';
import { normals } from '../inputs.js';

/** exp of `count` values against a loop of Math.exp over typed arrays. */
export async function exponentials(count: number, setting: Setting): Promise<Contest> {
  const x = normals('exp', count);
  const kernels = await openKernels(setting);
  const { arena } = kernels;
  const from = arena.store(x);
  const to = arena.floats(count);
  const run = () => kernels.exp(to, from, count);
  const out = new Float32Array(count);
  const loop = () => {
    for (let i = 0; i < count; i++) out[i] = Math.exp(x[i] as number);
  };
  return {
    name: 'exp',
    shape: `${count} values`,
    threads: 1,
    ours: {
      name: 'ours',
      run,
      result() {
        run();
        return arena.viewFloats(to, count).slice();
      },
    },
    peers: [
      {
        name: 'Math.exp',
        run: loop,
        result() {
          loop();
          return out.slice();
        },
      },
    ],
    tolerance: 1e-6,
  };
}
