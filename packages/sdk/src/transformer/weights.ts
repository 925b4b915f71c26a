import type { Kernels, Pointer } from '@tripartite/kernels';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { TripartiteError } from '../errors.js';
import type { LinearNames, NormNames, Plan, Step } from './plan.js';

/** A linear layer in the arena: weights (input, output) and bias, packed from the file's (output, input). */
export interface PlacedLinear {
  readonly weights: Pointer;
  readonly input: number;
  readonly output: number;
}

/** A layer norm in the arena. */
export interface PlacedNorm {
  readonly weight: Pointer;
  readonly bias: Pointer;
  readonly width: number;
  readonly epsilon: number;
}

/** A model's weights in an arena, each looked up and checked by name when it is placed. */
export interface Weights {
  linear(names: LinearNames): PlacedLinear;
  norm(names: NormNames): PlacedNorm;
  tensor(name: string): Pointer;
}

/** Tensors that are to be placed anew, beside weights that lie in the arena already. */
export interface WeightChange {
  readonly base: Weights;
  readonly names: ReadonlySet<string>;
}

/**
 * Puts every tensor that the plan names into the arena, or only what `change` touches. Throws `MISSING_TENSOR` and
 * `BAD_SHAPE` naming the tensor, `UNSUPPORTED` for a dtype that is no float, `BAD_INPUT` for a change of a tensor
 * that the plan does not name, `OutOfMemory` of the kernels when they do not fit.
 */
export function placeWeights(
  kernels: Kernels,
  file: Safetensors,
  plan: Plan,
  change?: WeightChange,
): Weights {
  const { arena } = kernels;
  const left = new Set(change?.names);
  /** Whether any of a part's tensors is to be placed. */
  const touched = (...names: readonly string[]): boolean => {
    if (!change) return true;
    for (const name of names) left.delete(name);
    return names.some((name) => change.names.has(name));
  };
  const pair = (name: string): string[] => [`${name}.weight`, `${name}.bias`];
  const linears = new Map<string, PlacedLinear>();
  const norms = new Map<string, PlacedNorm>();
  const tensors = new Map<string, Pointer>();

  const placeLinear = (
    { names, input, output }: LinearNames,
    fileShape?: readonly number[],
  ): void => {
    if (!touched(...names.flatMap(pair))) return;
    const weights = arena.allocate(kernels.packedWeightsBytes(input, output));
    const part = output / names.length;
    const mark = arena.mark();
    const rows = arena.floats(output * input);
    const bias = arena.floats(output);
    names.forEach((name, index) => {
      const values = file.float32(`${name}.weight`, fileShape ?? [part, input]);
      arena.viewFloats(rows, output * input).set(values, index * part * input);
      arena.viewFloats(bias, output).set(file.float32(`${name}.bias`, [part]), index * part);
    });
    kernels.packWeights(weights, rows, 1, input, bias, input, output);
    arena.release(mark);
    linears.set(names.join(), { weights, input, output });
  };
  const placeNorm = ({ name, width, epsilon }: NormNames): void => {
    if (!touched(...pair(name))) return;
    norms.set(name, {
      weight: arena.store(file.float32(`${name}.weight`, [width])),
      bias: arena.store(file.float32(`${name}.bias`, [width])),
      width,
      epsilon,
    });
  };
  const placeTensor = (name: string, shape: readonly number[]): void => {
    if (!touched(name)) return;
    tensors.set(name, arena.store(file.float32(name, shape)));
  };
  const place = (step: Step): void => {
    switch (step.op) {
      case 'embed-tokens':
        placeTensor(step.table, [step.vocabulary, step.width]);
        placeTensor(step.timescales, [step.width / 2]);
        break;
      case 'embed-patches':
        placeLinear(step.projection, step.projectionShape);
        placeTensor(step.classToken, [1, 1, step.width]);
        placeTensor(step.positions, [1, plan.tokenLimit, step.width]);
        break;
      case 'restore-patches':
        placeTensor(step.maskToken, [1, 1, step.width]);
        placeTensor(step.positions, [1, plan.tokenLimit, step.width]);
        break;
      case 'norm':
        placeNorm(step.norm);
        break;
      case 'linear':
        placeLinear(step.linear);
        break;
      case 'block': {
        const { norm1, qkv, output, residual, norm2, up, down } = step.block;
        placeNorm(norm1);
        placeNorm(norm2);
        for (const linear of [qkv, output, up, down]) placeLinear(linear);
        if (residual) placeLinear(residual);
        break;
      }
    }
  };
  for (const step of plan.steps) place(step);

  const [unknown] = left;
  if (unknown !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      `tensor "${unknown}" is changed, but ${file.file} has none of that name that the model computes with`,
    );
  }
  // Everything a plan names has been placed above or before, or placing has thrown.
  return {
    linear: (names) =>
      linears.get(names.names.join()) ?? (change?.base.linear(names) as PlacedLinear),
    norm: (names) => norms.get(names.name) ?? (change?.base.norm(names) as PlacedNorm),
    tensor: (name) => tensors.get(name) ?? (change?.base.tensor(name) as Pointer),
  };
}
