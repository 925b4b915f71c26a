import type { Kernels, Pointer } from '@tripartite/kernels';
import { TripartiteError } from '../../errors.js';
import type { Model } from '../../transformer/model.js';
import type { LinearNames, Plan } from '../../transformer/plan.js';
import type { PlacedLinear, Weights } from '../../transformer/weights.js';

/** A linear layer that is tuned: a copy of its values, and their gradient. */
export interface TunedLinear {
  readonly names: LinearNames;
  /** Weight (output, input), row by row, then bias (output). After a change of these call `repack`. */
  readonly values: Pointer;
  /** In the same order; the reverse pass adds to it. */
  readonly gradient: Pointer;
  /** Values in each of the two: output · (input + 1). */
  readonly count: number;
}

/** The weights of a transformer as a forward pass and its reverse read them. */
export interface ReverseWeights {
  /** The model's, but for linear layers that are tuned. */
  readonly forward: Weights;
  /** Of layers that are tuned, in the order of the plan. */
  readonly tuned: readonly TunedLinear[];
  /** The layer where it is tuned. */
  tunedLinear(names: LinearNames): TunedLinear | undefined;
  /** A layer's weights transposed, without a bias: dx = dy W. */
  transposed(names: LinearNames): PlacedLinear;
  /** Packs the tuned values for the passes to come. */
  repack(): void;
  /** Sets the gradients to 0. */
  clearGradients(): void;
}

/** The linear layers that can be tuned: query, key and value, and output, of every block. */
export function tunableLinears({ steps }: Plan): LinearNames[] {
  return steps.flatMap((step) => (step.op === 'block' ? [step.block.qkv, step.block.output] : []));
}

/** The linear layers through which gradients pass: all above the first block's attention, where they end. */
function reversedLinears({ steps }: Plan): LinearNames[] {
  const first = steps.findIndex(({ op }) => op === 'block');
  return steps.flatMap((step, index) => {
    if (step.op === 'linear') return [step.linear];
    if (step.op !== 'block') return [];
    const { qkv, output, residual, up, down } = step.block;
    const above = [output, up, down];
    return index === first ? above : [qkv, ...above, ...(residual ? [residual] : [])];
  });
}

const nameOf = ({ names }: LinearNames): string => names.join();

/**
 * Puts what the reverse pass of a model needs into its arena, where it stays until the caller releases it: weights
 * transposed, and copies of the layers to tune. They come from the model's own, so that no file is read. Throws
 * `BAD_INPUT` for a layer that cannot be tuned.
 */
export function placeReverseWeights(
  { kernels, weights, plan }: Pick<Model, 'kernels' | 'weights' | 'plan'>,
  tune: readonly LinearNames[] = [],
): ReverseWeights {
  const { arena } = kernels;
  const tunable = tunableLinears(plan).map(nameOf);
  const wrong = tune.map(nameOf).find((name) => !tunable.includes(name));
  if (wrong !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      `${wrong} is to be tuned; ${tunable.join(' or ')} can be`,
    );
  }
  const wanted = new Set(tune.map(nameOf));
  const tuned = tunableLinears(plan)
    .filter((names) => wanted.has(nameOf(names)))
    .map((names) => placeTuned(kernels, names, weights.linear(names)));
  const tunedByName = new Map(tuned.map((linear) => [nameOf(linear.names), linear]));
  const forward = new Map(tuned.map(({ names }) => [nameOf(names), allocatePacked(names)]));
  const transposed = new Map(
    reversedLinears(plan).map((names) => [nameOf(names), allocatePacked(turn(names))]),
  );
  for (const names of reversedLinears(plan)) {
    if (tunedByName.has(nameOf(names))) continue;
    const mark = arena.mark();
    const rows = arena.floats(names.input * names.output);
    const bias = arena.floats(names.output);
    unpack(kernels, weights.linear(names), rows, bias);
    packTransposed(names, rows);
    arena.release(mark);
  }
  repack();

  return {
    forward: { ...weights, linear: (names) => forward.get(nameOf(names)) ?? weights.linear(names) },
    tuned,
    tunedLinear: (names) => tunedByName.get(nameOf(names)),
    // The reverse pass asks for those alone that have been placed above.
    transposed: (names) => transposed.get(nameOf(names)) as PlacedLinear,
    repack,
    clearGradients() {
      for (const { gradient, count } of tuned) arena.viewFloats(gradient, count).fill(0);
    },
  };

  function allocatePacked({ input, output }: Pick<LinearNames, 'input' | 'output'>): PlacedLinear {
    return { input, output, weights: arena.allocate(kernels.packedWeightsBytes(input, output)) };
  }

  /** Packs W (output, input) transposed, where gradients pass through the layer. */
  function packTransposed(names: LinearNames, values: Pointer): void {
    const to = transposed.get(nameOf(names));
    if (!to) return;
    const mark = arena.mark();
    const none = arena.floats(to.output);
    arena.viewFloats(none, to.output).fill(0);
    kernels.packWeights(to.weights, values, to.output, 1, none, to.input, to.output);
    arena.release(mark);
  }

  function repack(): void {
    for (const { names, values } of tuned) {
      const { input, output } = names;
      const to = forward.get(nameOf(names)) as PlacedLinear;
      const bias = values + 4 * input * output;
      kernels.packWeights(to.weights, values, 1, input, bias, input, output);
      packTransposed(names, values);
    }
  }
}

function turn({ input, output }: LinearNames): Pick<LinearNames, 'input' | 'output'> {
  return { input: output, output: input };
}

function unpack(kernels: Kernels, from: PlacedLinear, weight: Pointer, bias: Pointer): void {
  kernels.unpackWeights(weight, bias, from.weights, from.input, from.output);
}

/** A copy of a layer's values, and a gradient of 0. */
function placeTuned(kernels: Kernels, names: LinearNames, from: PlacedLinear): TunedLinear {
  const { arena } = kernels;
  const count = names.output * (names.input + 1);
  const [values, gradient] = [arena.floats(count), arena.floats(count)];
  unpack(kernels, from, values, values + 4 * names.input * names.output);
  arena.viewFloats(gradient, count).fill(0);
  return { names, values, gradient, count };
}
