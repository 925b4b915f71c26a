import { parseSafetensors, type Safetensors } from '../../checkpoint/safetensors.js';
import { TripartiteError } from '../../errors.js';
import { mostNeurons } from '../create.js';
import type { HiddenInput, WeightedLayer } from '../hidden-layer.js';
import { checkAdapted } from './check-adapted.js';
import type { AdaptedTensors, FittedHidden } from './fitted-hidden.js';
import { type FittedFacts, readMetadata } from './metadata.js';
import { adaptedPrefix, headPrefix } from './tensor-names.js';

/**
 * Reads a fitted hidden layer, copied; `file` stands for it in errors. Throws `BAD_CHECKPOINT` for a broken file or
 * one of another format, `UNSUPPORTED` for another version, `MISSING_TENSOR`, and `BAD_SHAPE`.
 */
export function decodeHidden(bytes: Uint8Array, file = 'fitted hidden layer'): FittedHidden {
  const tensors = parseSafetensors(bytes, file);
  const { activation, signed, ...facts } = readMetadata(tensors.metadata, file);
  const layers = countHeads(tensors).map((heads, layer) =>
    Array.from({ length: heads }, (_, head) =>
      readHead(tensors, headPrefix(layer, head), { ...facts, activation, signed }),
    ),
  );
  const changed = readAdapted(tensors);
  const fitted = { ...facts, layers, ...(Object.keys(changed).length > 0 && { tensors: changed }) };
  checkAdapted(fitted, 'BAD_CHECKPOINT', file);
  return fitted;
}

/** Heads of each layer, after the names of the tensors, which must leave none out. */
function countHeads({ names, file }: Safetensors): number[] {
  const found = new Map<number, Set<number>>();
  for (const name of names) {
    const [, layer, head] = /^layers\.(\d{1,6})\.heads\.(\d{1,6})\./.exec(name) ?? [];
    if (layer === undefined) continue;
    const heads = found.get(Number(layer)) ?? new Set();
    found.set(Number(layer), heads.add(Number(head)));
  }
  const lack = (name: string) =>
    new TripartiteError('MISSING_TENSOR', `${file}: tensors of ${name} are missing`);
  if (found.size === 0) throw lack('layers.0.heads.0');
  return Array.from({ length: found.size }, (_, layer) => {
    const heads = found.get(layer);
    if (!heads) throw lack(`layers.${layer}`);
    for (let head = 0; head < heads.size; head++) {
      if (!heads.has(head)) throw lack(`layers.${layer}.heads.${head}`);
    }
    return heads.size;
  });
}

function readHead(
  tensors: Safetensors,
  prefix: string,
  { kind, shared, activation, signed }: FittedFacts,
): WeightedLayer {
  const own = (side: string) => (shared ? prefix : `${prefix}${side}.`);
  const name = `${own('query')}weights`;
  const shape = tensors.shape(name);
  const [neurons = 0, width = 0] = shape;
  if (shape.length !== 2 || neurons < 1 || neurons > mostNeurons || width < 1) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `${tensors.file}: tensor "${name}" has shape (${shape.join(', ')}); expected (neurons, width)`,
    );
  }
  const weigh = (place: string) => ({
    weights: readNumbers(tensors, `${place}weights`, [neurons, width]),
    bias: readNumbers(tensors, `${place}bias`, [neurons]),
  });
  const query = weigh(own('query'));
  const key = shared ? query : weigh(own('key'));
  return {
    kind,
    neurons,
    width,
    activation,
    signed,
    query: { ...query, ...readSide(tensors, `${prefix}query.`, width) },
    key: { ...key, ...readSide(tensors, `${prefix}key.`, width) },
  };
}

function readSide(
  tensors: Safetensors,
  place: string,
  width: number,
): Omit<HiddenInput, 'weights' | 'bias'> {
  const optional = (name: 'centre' | 'map' | 'gain', shape: readonly number[]) =>
    tensors.has(place + name) ? { [name]: readNumbers(tensors, place + name, shape) } : {};
  const [constant = 0, norm = 0, shift = 0] = readNumbers(tensors, `${place}scalars`, [3]);
  return {
    ...optional('centre', [width]),
    ...optional('map', [width, width]),
    ...optional('gain', [width]),
    constant,
    norm,
    shift,
  };
}

function readAdapted(tensors: Safetensors): AdaptedTensors {
  const names = tensors.names.filter((name) => name.startsWith(adaptedPrefix));
  return Object.fromEntries(
    names.map((name) => {
      const shape = tensors.shape(name);
      return [name.slice(adaptedPrefix.length), { shape, data: readNumbers(tensors, name, shape) }];
    }),
  );
}

/** A tensor, copied, all of whose values are numbers. */
function readNumbers(tensors: Safetensors, name: string, shape: readonly number[]): Float32Array {
  const data = tensors.float32(name, shape).slice();
  if (data.every(Number.isFinite)) return data;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `${tensors.file}: tensor "${name}" holds values that are not finite numbers`,
  );
}
