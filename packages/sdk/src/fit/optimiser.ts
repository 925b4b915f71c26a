import type { KernelCall, Kernels, Pointer } from '@tripartite/kernels';

/** Adam's decays and floor. */
const [beta1, beta2, epsilon] = [0.9, 0.98, 1e-8];

/** A row of parameters with what Adam keeps of it, in the arena, `count` values each. */
export interface OptimisedRow {
  readonly parameters: Pointer;
  readonly gradient: Pointer;
  readonly firstMoment: Pointer;
  readonly secondMoment: Pointer;
  readonly count: number;
}

/** One step of Adam (Kingma and Ba 2015) on every row; `step` counts from 0. Threads share the rows. */
export function optimise(
  kernels: Kernels,
  rows: readonly OptimisedRow[],
  step: number,
  rate: number,
): void {
  const first = 1 / (1 - power(beta1, step + 1));
  const second = 1 / (1 - power(beta2, step + 1));
  kernels.run(
    rows.map(
      ({ parameters, firstMoment, secondMoment, gradient, count }): KernelCall => [
        'adamStep',
        parameters,
        firstMoment,
        secondMoment,
        gradient,
        rate,
        beta1,
        beta2,
        first,
        second,
        epsilon,
        count,
      ],
    ),
  );
}

/** baseⁿ for whole n by repeated squaring: the same bits in every engine, which `**` does not promise. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base, left = n; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}
