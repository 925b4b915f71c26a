import { describe, expect, it } from 'vitest';
import { parseSafetensors } from '../../../src/checkpoint/safetensors.js';
import { type TensorData, writeSafetensors } from '../../../src/checkpoint/safetensors-writer.js';
import { decodeHidden } from '../../../src/hidden/fitted/decode.js';
import { encodeHidden } from '../../../src/hidden/fitted/encode.js';
import type { FittedHidden } from '../../../src/hidden/fitted/fitted-hidden.js';
import type { WeightedLayer } from '../../../src/hidden/hidden-layer.js';
import { madeLearned, madeShared, tinyLayers } from './made-layers.js';

const learned = madeLearned(tinyLayers);
const shared = madeShared(tinyLayers);
const adapted: FittedHidden = {
  ...learned,
  kind: 'adapted',
  layers: learned.layers.map((heads) => heads.map((head) => ({ ...head, kind: 'adapted' }))),
  tensors: { 'encoder.0.qkv.weight': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } },
};

/** The tensors and metadata of a file, changed, written again. */
function change(
  fitted: FittedHidden,
  edit: (tensors: Record<string, TensorData>, metadata: Record<string, string>) => void,
): Uint8Array {
  const file = parseSafetensors(encodeHidden(fitted), 'made');
  const metadata = { ...file.metadata };
  const tensors: Record<string, TensorData> = Object.fromEntries(
    file.names.map((name) => [name, { shape: file.shape(name), data: file.float32(name) }]),
  );
  edit(tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

/** A copy of a layer with one head changed. */
function withHead(fitted: FittedHidden, edit: (head: WeightedLayer) => WeightedLayer) {
  const [first = [], ...others] = fitted.layers;
  const [head, ...rest] = first;
  return { ...fitted, layers: [[edit(head as WeightedLayer), ...rest], ...others] };
}

const ofHead = (fitted: FittedHidden) => fitted.layers[0]?.[0] as WeightedLayer;

describe('the file of a fitted layer', () => {
  it('gives back every number and word that went in', () => {
    expect(decodeHidden(encodeHidden(learned))).toEqual(learned);
    expect(decodeHidden(encodeHidden(adapted))).toEqual(adapted);
  });

  it('is the same bytes for the same layer, whatever the order of its settings', () => {
    const bytes = encodeHidden(learned);
    expect(encodeHidden(decodeHidden(bytes))).toEqual(bytes);
    const { schedule, ...others } = learned.settings;
    const turned = { ...learned, settings: { schedule: schedule as string, ...others } };
    expect(encodeHidden(turned)).toEqual(bytes);
  });

  it('holds one φ once, with centres, maps, gains and constants of each side', () => {
    const back = decodeHidden(encodeHidden(shared));
    const { query, key } = ofHead(back);
    expect(key.weights).toBe(query.weights);
    expect(key.bias).toBe(query.bias);
    const { query: ownQuery, key: ownKey } = ofHead(shared);
    // matched counts a·b in float64, the file in float32.
    expect(query).toEqual({ ...ownQuery, constant: Math.fround(ownQuery.constant) });
    expect(key).toEqual(ownKey);
    expect(encodeHidden(back)).toEqual(encodeHidden(shared));
    const { names } = parseSafetensors(encodeHidden(shared), 'made');
    const first = names.filter((name) => name.startsWith('layers.0.heads.0.'));
    expect(first.map((name) => name.slice('layers.0.heads.0.'.length)).sort()).toEqual([
      'bias',
      'key.centre',
      'key.gain',
      'key.map',
      'key.scalars',
      'query.centre',
      'query.gain',
      'query.map',
      'query.scalars',
      'weights',
    ]);
  });

  it('leaves out what a layer has not', () => {
    const plain = withHead(learned, (head) => {
      const { centre: _, map: __, gain: ___, ...query } = head.query;
      return { ...head, query };
    });
    const back = ofHead(decodeHidden(encodeHidden(plain)));
    expect(Object.keys(back.query).sort()).toEqual([
      'bias',
      'constant',
      'norm',
      'shift',
      'weights',
    ]);
    expect(back.key.map).toBeDefined();
  });

  it('keeps heads of other numbers of neurons than the nominal one', () => {
    const { layers } = madeLearned([tinyLayers[0] as (typeof tinyLayers)[0]], 3);
    const mixed = { ...learned, layers: [...layers, ...learned.layers.slice(1)] };
    const back = decodeHidden(encodeHidden(mixed));
    expect(back.layers.map((heads) => heads.map(({ neurons }) => neurons))).toEqual([
      [3, 3],
      [6, 6],
      [6, 6, 6],
    ]);
    expect(back.neurons).toBe(6);
  });

  it('reads half-precision tensors, and ignores tensors it does not know', () => {
    const bytes = change(learned, (tensors) => {
      tensors.notes = { shape: [1], data: Float32Array.of(1) };
      // 1, −2 and ½ in bfloat16.
      const halves = new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x3f00).buffer);
      tensors['layers.0.heads.0.query.scalars'] = { shape: [3], data: halves, dtype: 'BF16' };
    });
    const { query } = ofHead(decodeHidden(bytes));
    expect([query.constant, query.norm, query.shift]).toEqual([1, -2, 0.5]);
  });

  it('does not share memory with the bytes it was read from', () => {
    const bytes = encodeHidden(learned);
    const back = decodeHidden(bytes);
    bytes.fill(0);
    expect(back).toEqual(learned);
  });
});

describe('a file that is not right', () => {
  const first = 'layers.0.heads.0.';
  const drop = (name: string) => (tensors: Record<string, TensorData>) => {
    delete tensors[name];
  };
  const put = (name: string, tensor: TensorData) => (tensors: Record<string, TensorData>) => {
    expect(tensors[name]).toBeDefined();
    tensors[name] = tensor;
  };
  const say = (name: string, value: string) => (_: object, metadata: Record<string, string>) => {
    metadata[name] = value;
  };
  const numbers = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((n, side) => n * side, 1)).fill(1),
  });

  it.each<[string, Parameters<typeof change>[1], string, string]>([
    ['of another format', say('format', 'pt'), 'BAD_CHECKPOINT', 'format "pt"'],
    ['of a later version', say('format_version', '2'), 'UNSUPPORTED', 'version 2; version 1'],
    ['of an unknown kind', say('kind', 'learnt'), 'BAD_CHECKPOINT', 'metadata kind'],
    ['of an unknown φ', say('activation', 'sigmoid'), 'BAD_CHECKPOINT', 'metadata activation'],
    ['without a whole number', say('neurons', '1e2'), 'BAD_CHECKPOINT', 'metadata neurons'],
    ['with too many neurons', say('neurons', '1000001'), 'BAD_CHECKPOINT', 'metadata neurons'],
    ['with a hash that is none', say('model_hash', 'abc'), 'BAD_CHECKPOINT', 'model_hash'],
    ['with settings that are no JSON', say('settings', '{'), 'BAD_CHECKPOINT', 'settings'],
    ['with quality in words', say('quality', '{"loss":"low"}'), 'BAD_CHECKPOINT', 'quality.loss'],
    ['that changes nothing but is adapted', say('kind', 'adapted'), 'BAD_CHECKPOINT', 'changes 0'],
    ['without weights', drop(`${first}key.weights`), 'MISSING_TENSOR', 'heads.0.key.weights'],
    ['without a bias', drop(`${first}query.bias`), 'MISSING_TENSOR', 'heads.0.query.bias'],
    ['without scalars', drop(`${first}key.scalars`), 'MISSING_TENSOR', 'key.scalars'],
    ['of other shares', say('shared', 'true'), 'MISSING_TENSOR', 'layers.0.heads.0.weights'],
    [
      'with keys of another size',
      put(`${first}key.weights`, numbers(5, 4)),
      'BAD_SHAPE',
      '(5, 4); expected (6, 4)',
    ],
    [
      'with weights of one side',
      put(`${first}query.weights`, numbers(24)),
      'BAD_SHAPE',
      'shape (24); expected (neurons, width)',
    ],
    [
      'with a map that is not square',
      put(`${first}query.map`, numbers(4, 3)),
      'BAD_SHAPE',
      '(4, 3); expected (4, 4)',
    ],
    [
      'with a number that is none',
      put(`${first}query.gain`, { shape: [4], data: Float32Array.of(0, Number.NaN, 0, 0) }),
      'BAD_CHECKPOINT',
      'query.gain" holds values that are not finite',
    ],
    [
      'with an infinite scalar',
      put(`${first}query.scalars`, { shape: [3], data: Float32Array.of(Infinity, 0, 0) }),
      'BAD_CHECKPOINT',
      'not finite',
    ],
    [
      'that leaves out a head',
      (tensors) => {
        for (const name of Object.keys(tensors)) {
          if (name.startsWith('layers.1.heads.0.')) delete tensors[name];
        }
      },
      'MISSING_TENSOR',
      'layers.1.heads.0 are missing',
    ],
    [
      'that leaves out a layer',
      (tensors) => {
        for (const name of Object.keys(tensors)) {
          if (name.startsWith('layers.1.')) delete tensors[name];
        }
      },
      'MISSING_TENSOR',
      'layers.1 are missing',
    ],
  ])('%s is refused', (_, edit, code, message) => {
    expect(() => decodeHidden(change(learned, edit), 'bad.safetensors')).toThrowError(
      expect.objectContaining({
        name: 'TripartiteError',
        code,
        message: expect.stringContaining(message),
      }),
    );
  });

  it('with tensors of the transformer is adapted, or refused', () => {
    const bytes = change(adapted, (_, metadata) => {
      metadata.kind = 'learned';
    });
    expect(() => decodeHidden(bytes)).toThrowError(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
  });

  it('is none at all, or a checkpoint, is refused', () => {
    const bad = expect.objectContaining({ code: 'BAD_CHECKPOINT' });
    expect(() => decodeHidden(new Uint8Array(4))).toThrowError(bad);
    expect(() => decodeHidden(writeSafetensors({ a: numbers(1) }))).toThrowError(bad);
    const empty = change(learned, (tensors) => {
      for (const name of Object.keys(tensors)) delete tensors[name];
    });
    expect(() => decodeHidden(empty)).toThrowError(
      expect.objectContaining({ code: 'MISSING_TENSOR' }),
    );
  });
});

describe('encodeHidden', () => {
  it.each<[string, FittedHidden, string]>([
    ['no heads', { ...learned, layers: [] }, 'no heads'],
    ['two φ that are called one', { ...learned, shared: true }, 'is shared but'],
    ['a hash that is none', { ...learned, modelHash: 'x' }, 'metadata model_hash'],
    ['quality that is no number', { ...learned, quality: { loss: Number.NaN } }, 'quality'],
    ['settings without end', { ...learned, settings: { rate: Infinity } }, 'settings'],
    ['half a neuron', { ...learned, neurons: 1.5 }, 'metadata neurons'],
    ['a negative seed', { ...learned, seed: -1 }, 'metadata seed'],
    ['adapted without a change', { ...learned, kind: 'adapted' }, 'changes 0 tensors'],
    [
      'heads of two φ',
      withHead(learned, (head) => ({ ...head, activation: 'relu' })),
      'the first relu',
    ],
    [
      'a weight that is no number',
      withHead(learned, (head) => ({
        ...head,
        query: { ...head.query, weights: head.query.weights.map(() => Number.NaN) },
      })),
      'not finite',
    ],
  ])('refuses %s', (_, fitted, message) => {
    expect(() => encodeHidden(fitted)).toThrowError(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
    );
  });

  it('refuses weights of another size', () => {
    const short = withHead(learned, (head) => ({
      ...head,
      key: { ...head.key, weights: new Float32Array(5) },
    }));
    expect(() => encodeHidden(short)).toThrowError(expect.objectContaining({ code: 'BAD_SHAPE' }));
  });
});
