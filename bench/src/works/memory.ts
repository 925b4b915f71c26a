import { memoryParameters, openKernels, type Pointer } from '@tripartite/kernels';
import { platform } from '#platform';
import type { Contest, Setting } from '../contest.js';
import { normals } from '../inputs.js';
import type { MemoryState, Numbers } from './plain-memory.js';

const beta = 5;
const dt = 0.05;

/** The two widths: how far results may lie apart, and how the kernels are called. */
const widths = {
  f32: { array: Float32Array, tolerance: 1e-4 },
  f64: { array: Float64Array, tolerance: 1e-12 },
} as const;

/**
 * `steps` steps of the associative memory of `n` neurons and `count` patterns, from a tenth of wrong bits on,
 * against the same in plain TypeScript over typed arrays.
 */
export async function associativeMemory(
  width: keyof typeof widths,
  n: number,
  count: number,
  steps: number,
  setting: Setting,
): Promise<Contest> {
  const { array, tolerance } = widths[width];
  const patterns = array.from(normals('memory', count * n).map(Math.sign));
  const start = startState(patterns.subarray(0, n), patterns, n);
  const plain = await platform.plainMemory(width);

  const kernels = await openKernels(setting);
  const { arena } = kernels;
  const advance = width === 'f32' ? kernels.memorySteps32 : kernels.memorySteps64;
  const scratchBytes =
    width === 'f32' ? kernels.memoryScratchBytes32 : kernels.memoryScratchBytes64;
  const at = mapState(start, (values) => arena.store(values));
  const xi = arena.store(patterns);
  const table = { beta, lambda: 1, alpha: 1, gamma: 1, kappa: 1, tauN: 1, tauS: 1, tauP: 1, dt };
  const parameters = arena.store(Float64Array.from(memoryParameters, (name) => table[name]));
  const scratch = arena.allocate(scratchBytes(n, count));
  const view = (pointer: Pointer, length: number): Numbers =>
    new array(arena.memory.buffer, pointer, length);
  const views = {
    x: view(at.x, n),
    s: view(at.s, n * n),
    p: view(at.p, n * n),
  };
  const run = () => {
    reset(views, start);
    advance(at.x, at.s, at.p, xi, 0, 0, 0, parameters, steps, n, count, scratch);
  };

  const own = mapState(start, (values) => values.slice());
  const step = plain.plainMemory(own, patterns, beta, dt);
  const runPlain = () => {
    reset(own, start);
    step(steps);
  };

  return {
    name: `associative memory ${width}`,
    shape: `${n}, K ${count}, ×${steps}`,
    threads: 1,
    ours: {
      name: 'ours',
      run,
      result() {
        run();
        return together(views);
      },
    },
    peers: [
      {
        name: 'TypeScript',
        run: runPlain,
        result() {
          runPlain();
          return together(own);
        },
      },
    ],
    tolerance,
  };
}

/** x with every tenth bit of a pattern wrong, and s and p in tune with it. */
function startState(pattern: Numbers, patterns: Numbers, n: number): MemoryState<Numbers> {
  const x = pattern.map((v, i) => (i % 10 ? v : -v));
  const phi = Float64Array.from(x, (v) => Math.tanh(beta * v));
  const p = new (pattern.constructor as Float64ArrayConstructor)(n * n);
  const s = p.slice();
  for (let mu = 0; mu < patterns.length / n; mu++) {
    const xi = patterns.subarray(mu * n, (mu + 1) * n);
    const overlap = phi.reduce((sum, v, j) => sum + v * (xi[j] as number), 0) ** 2 / n ** 3;
    for (let ij = 0; ij < n * n; ij++) {
      const product = (xi[Math.floor(ij / n)] as number) * (xi[ij % n] as number);
      s[ij] = (s[ij] as number) + product * overlap;
    }
  }
  for (let ij = 0; ij < n * n; ij++) {
    p[ij] = Math.atanh(-(phi[Math.floor(ij / n)] as number) * (phi[ij % n] as number)) / beta;
    s[ij] = Math.atanh(s[ij] as number) / beta;
  }
  return { x, s, p };
}

function mapState<T>(
  { x, s, p }: MemoryState<Numbers>,
  change: (values: Numbers) => T,
): { x: T; s: T; p: T } {
  return { x: change(x), s: change(s), p: change(p) };
}

function reset(state: MemoryState<Numbers>, start: MemoryState<Numbers>): void {
  state.x.set(start.x);
  state.s.set(start.s);
  state.p.set(start.p);
}

/** x, s and p in one array. */
function together({ x, s, p }: MemoryState<Numbers>): Float64Array {
  return Float64Array.from([x, s, p].flatMap((values) => Array.from(values)));
}
