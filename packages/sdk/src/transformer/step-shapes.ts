import type { Plan, Step } from './plan.js';
import type { PreparedInput } from './stream.js';

/** What a step finds and leaves: rows of each input, and the width of the stream. */
export interface StepShape {
  readonly step: Step;
  readonly rowsBefore: readonly number[];
  readonly rows: readonly number[];
  readonly widthBefore: number;
  readonly width: number;
}

/** Sum of the rows of all inputs. */
export function total(rows: readonly number[]): number {
  return rows.reduce((sum, count) => sum + count, 0);
}

/** Follows a batch through a plan without running it. */
export function followSteps(plan: Plan, inputs: readonly PreparedInput[]): StepShape[] {
  const { imageSize = 0, patchSize = 1 } = plan.patches ?? {};
  const patches = (imageSize / patchSize) ** 2;
  let rows: readonly number[] = inputs.map(() => 0);
  let width = 0;
  return plan.steps.map((step) => {
    const [rowsBefore, widthBefore] = [rows, width];
    switch (step.op) {
      case 'embed-tokens':
        rows = inputs.map(({ ids }) => ids?.length ?? 0);
        width = step.width;
        break;
      case 'embed-patches':
        rows = inputs.map(({ order }) => 1 + (order?.visible ?? patches));
        width = step.width;
        break;
      case 'restore-patches':
        rows = inputs.map(() => 1 + patches);
        width = step.width;
        break;
      case 'block':
        width = step.block.output.output;
        break;
      case 'linear':
        width = step.linear.output;
        break;
      case 'take-first':
      case 'mean':
        rows = inputs.map(() => 1);
        break;
      case 'drop-first':
        rows = rows.map((count) => count - 1);
        break;
      case 'norm':
      case 'tanh':
      case 'unit':
        break;
    }
    return { step, rowsBefore, rows, widthBefore, width };
  });
}

/** Multiply–adds of a step's products; 0 for steps without any. */
export function countProducts({ step, rows }: StepShape): number {
  const area = ({ input, output }: { input: number; output: number }) => input * output;
  switch (step.op) {
    case 'embed-patches':
      return (total(rows) - rows.length) * area(step.projection);
    case 'linear':
      return total(rows) * area(step.linear);
    case 'block': {
      const { heads, headWidth, qkv, output, residual, up, down } = step.block;
      const linears = [qkv, output, up, down, ...(residual ? [residual] : [])];
      const pairs = rows.reduce((sum, count) => sum + count * count, 0);
      return (
        total(rows) * linears.reduce((sum, linear) => sum + area(linear), 0) +
        pairs * 2 * heads * headWidth
      );
    }
    default:
      return 0;
  }
}
