import { type TensorData, writeSafetensors } from '../../checkpoint/safetensors-writer.js';
import { TripartiteError } from '../../errors.js';
import type { HiddenInput, WeightedLayer } from '../hidden-layer.js';
import { checkAdapted } from './check-adapted.js';
import type { FittedHidden } from './fitted-hidden.js';
import { writeMetadata } from './metadata.js';
import { adaptedPrefix, headPrefix, sides } from './tensor-names.js';

/**
 * Copies a fitted hidden layer into the bytes of its file (docs/file-formats.md), the same bytes for the same layer:
 * no date, no path. Scalars are rounded to float32, as the kernels round them. Throws `BAD_INPUT` and `BAD_SHAPE` for
 * what could not be read back.
 */
export function encodeHidden(fitted: FittedHidden): Uint8Array {
  const { layers, tensors, ...facts } = fitted;
  const [first] = layers.flat();
  if (!first) throw new TripartiteError('BAD_INPUT', 'fitted hidden layer has no heads');
  checkAdapted(fitted, 'BAD_INPUT', 'fitted hidden layer');
  const { activation, signed } = first;
  const out: Record<string, TensorData & { readonly data: Float32Array }> = {};
  layers.forEach((heads, layer) => {
    heads.forEach((head, index) => {
      if (head.activation !== activation || head.signed !== signed) {
        throw new TripartiteError(
          'BAD_INPUT',
          `fitted hidden layer: head ${layer}.${index} is ${head.activation}, the first ${activation}; they must be alike`,
        );
      }
      Object.assign(out, headTensors(headPrefix(layer, index), head, facts.shared));
    });
  });
  for (const [name, tensor] of Object.entries(tensors ?? {})) out[adaptedPrefix + name] = tensor;
  for (const [name, { data }] of Object.entries(out)) {
    if (data.every(Number.isFinite)) continue;
    throw new TripartiteError('BAD_INPUT', `tensor "${name}" holds values that are not finite`);
  }
  return writeSafetensors(out, writeMetadata({ ...facts, activation, signed }));
}

function headTensors(
  prefix: string,
  { neurons, width, query, key }: WeightedLayer,
  shared: boolean,
): Record<string, { shape: readonly number[]; data: Float32Array }> {
  if (shared) checkShared(prefix, query, key);
  const both = ({ weights, bias }: HiddenInput, place: string) => ({
    [`${place}weights`]: { shape: [neurons, width], data: weights },
    [`${place}bias`]: { shape: [neurons], data: bias },
  });
  const own = ({ centre, map, gain, constant, norm, shift }: HiddenInput, place: string) => ({
    ...(centre && { [`${place}centre`]: { shape: [width], data: centre } }),
    ...(map && { [`${place}map`]: { shape: [width, width], data: map } }),
    ...(gain && { [`${place}gain`]: { shape: [width], data: gain } }),
    [`${place}scalars`]: { shape: [3], data: Float32Array.of(constant, norm, shift) },
  });
  return Object.assign(
    shared ? both(query, prefix) : {},
    ...sides.map((side) => {
      const input = side === 'query' ? query : key;
      const place = `${prefix}${side}.`;
      return { ...(shared ? {} : both(input, place)), ...own(input, place) };
    }),
  );
}

/** One φ: what differs between the sides may only be where a token comes from and what it is weighed by. */
function checkShared(prefix: string, query: HiddenInput, key: HiddenInput): void {
  const same = (a: Float32Array, b: Float32Array) =>
    a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
  if (
    same(query.weights, key.weights) &&
    same(query.bias, key.bias) &&
    query.norm === key.norm &&
    query.shift === key.shift
  ) {
    return;
  }
  throw new TripartiteError(
    'BAD_INPUT',
    `fitted hidden layer is shared but ${prefix}query and key differ in weights, bias, norm or shift`,
  );
}
