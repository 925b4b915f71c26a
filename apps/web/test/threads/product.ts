import { createGenerator, type Engine, openEngine } from '@tripartite/sdk';

/** What came of a product on threads. */
export interface Report {
  readonly threads: number;
  /** How many threads were seen to take calls, by the addresses of their scratch memory. */
  readonly helpers: number;
  /** The bits of the product, as float32. */
  readonly bits: readonly number[];
}

/** Stands for the scratch memory of the thread that runs a call. */
const ownScratch = Number.NaN;
const [m, k, n] = [96, 70, 130] as const;

function multiply({ kernels }: Engine): readonly number[] {
  const { arena } = kernels;
  const draw = (length: number) => {
    const generator = createGenerator(2023, 'product');
    return arena.store(Float32Array.from({ length }, () => generator.uniform() - 0.5));
  };
  const [a, b] = [draw(m * k), draw(k * n)];
  const c = arena.floats(m * n);
  kernels.run(
    Array.from({ length: m / 4 }, (_, i) => {
      const [to, from] = [c + i * 4 * n * 4, a + i * 4 * k * 4];
      return ['gemm', to, n, from, k, 1, b, n, 1, 4, n, k, 0, ownScratch];
    }),
  );
  return Array.from(new Uint32Array(arena.viewFloats(c, m * n).slice().buffer));
}

/** Each call writes the address of its thread's scratch memory, until every thread has been seen, or 5 s. */
function countHelpers({ kernels, threads }: Engine): number {
  const { arena } = kernels;
  const one = arena.store(Float32Array.of(1));
  const out = arena.floats(256);
  const seen = new Set<number>();
  const end = performance.now() + 5000;
  while (seen.size < threads && performance.now() < end) {
    kernels.run(
      Array.from({ length: 256 }, (_, i) => ['scaleRows', out + i * 4, one, 1, ownScratch, 1, 1]),
    );
    for (const scratch of arena.viewFloats(out, 256)) seen.add(scratch);
  }
  return seen.size;
}

/** Multiplies two matrices of drawn numbers on an engine of so many threads, split by rows. */
export async function multiplyOnThreads(threads: number): Promise<Report> {
  const engine = await openEngine({ threads });
  try {
    return { threads: engine.threads, helpers: countHelpers(engine), bits: multiply(engine) };
  } finally {
    engine.close();
  }
}
