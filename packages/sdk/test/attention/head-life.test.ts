import { compileKernels as compile, newKernels } from '@tripartite/kernels';
import {
  type AttentionHead,
  astrocyteHead,
  compileKernels,
  type HiddenLayer,
  softmaxHead,
  TripartiteError,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { arrayCalls } from '../../src/attention/array-calls.js';
import { createAstrocyte } from '../../src/attention/astrocyte.js';
import { activitiesOf, kinds, layerOf, normals, tokens } from './data.js';

await compileKernels();

const [width, valueWidth] = [6, 4];
const given = tokens(21, 30, width, 5, valueWidth);
const more = tokens(22, 10, width, 5, valueWidth);

/** Code and message of what `work` throws. */
function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TripartiteError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing';
}

const heads: Record<string, () => AttentionHead> = {
  astrocyte: () =>
    astrocyteHead({ width, valueWidth, hidden: layerOf('performer', 20, width).layer }),
  softmax: () => softmaxHead({ width, valueWidth }),
};

describe.each(Object.entries(heads))('a head, %s', (_, make) => {
  it('has clones that answer the same and go their own way', () => {
    const head = make();
    head.write(given.keys, given.values);
    const answer = head.read(given.queries);
    const twin = head.clone();
    expect(twin.read(given.queries)).toEqual(answer);
    twin.write(more.keys, more.values);
    expect(head.read(given.queries)).toEqual(answer);
    expect(twin.read(given.queries)).not.toEqual(answer);
    head.write(more.keys, more.values);
    expect(head.read(given.queries)).toEqual(twin.read(given.queries));
    head.begin();
    expect(head.read(given.queries).response.every((c) => c === 0)).toBe(true);
    expect(twin.read(given.queries).response.every((c) => c > 0)).toBe(true);
  });

  it('goes back to a saved state, which no later write changes', () => {
    const head = make();
    head.write(given.keys, given.values, new Uint8Array(30).fill(1, 3));
    // Several chunks, so that what rounding took away is part of the state.
    for (let i = 0; i < 40; i++) head.write(more.keys, more.values);
    const answer = head.read(given.queries);
    const state = head.save();
    head.write(more.keys, more.values);
    head.restore(state);
    expect(head.read(given.queries)).toEqual(answer);
    head.write(more.keys, more.values);
    const other = make();
    other.restore(state);
    expect(other.save()).toEqual(state);
    expect(other.read(given.queries)).toEqual(answer);
    other.write(more.keys, more.values);
    expect(other.read(given.queries)).toEqual(head.read(given.queries));
  });

  it('gives back a state with nothing written', () => {
    const head = make();
    const empty = head.save();
    head.write(given.keys, given.values);
    head.restore(empty);
    expect(head.read(given.queries).output.every((v) => v === 0)).toBe(true);
    head.write(given.keys, given.values);
    const fresh = make();
    fresh.write(given.keys, given.values);
    expect(head.read(given.queries)).toEqual(fresh.read(given.queries));
  });

  it('answers without a change of its state, and with the same bits again', () => {
    const head = make();
    head.write(given.keys, given.values);
    const before = head.save();
    const answer = head.read(given.queries);
    expect(head.read(given.queries)).toEqual(answer);
    expect(head.save()).toEqual(before);
    head.begin();
    head.write(given.keys, given.values);
    expect(head.read(given.queries)).toEqual(answer);
  });

  it('refuses lengths that do not fit, and stays as it was', () => {
    const head = make();
    head.write(given.keys, given.values);
    const before = head.save();
    const { keys, values, queries } = given;
    const cut = keys.subarray(1);
    expect(failure(() => head.write(cut, values))).toBe(
      'BAD_SHAPE: keys has 179 values, not a multiple of its width 6',
    );
    expect(failure(() => head.write(keys, values.subarray(2)))).toBe(
      'BAD_SHAPE: values has 118 values, not a multiple of its width 4',
    );
    expect(failure(() => head.write(keys, values.subarray(4)))).toBe(
      'BAD_SHAPE: values has 29 tokens but keys has 30; they must match',
    );
    expect(failure(() => head.write(keys, values, new Uint8Array(31)))).toBe(
      'BAD_SHAPE: mask has 31 tokens but keys has 30; they must match',
    );
    expect(failure(() => head.read(queries.subarray(1)))).toBe(
      'BAD_SHAPE: queries has 179 values, not a multiple of its width 6',
    );
    expect(failure(() => head.stream(queries.subarray(6), keys, values))).toBe(
      'BAD_SHAPE: queries has 29 tokens but keys has 30; they must match',
    );
    expect(head.save()).toEqual(before);
  });

  it('refuses arrays of another type instead of misreading them', () => {
    const head = make();
    const wrong = (x: unknown) => x as Float32Array;
    const { keys, values, queries } = given;
    expect(failure(() => head.write(wrong(Float64Array.from(keys)), values))).toBe(
      'BAD_INPUT: keys is a Float64Array; a Float32Array is allowed',
    );
    expect(failure(() => head.write(keys, wrong([...values])))).toBe(
      'BAD_INPUT: values is a Array; a Float32Array is allowed',
    );
    expect(failure(() => head.read(wrong(undefined)))).toBe(
      'BAD_INPUT: queries is a Undefined; a Float32Array is allowed',
    );
    const mask = new Array(30).fill(true) as unknown as Uint8Array;
    expect(failure(() => head.stream(queries, keys, values, mask))).toBe(
      'BAD_INPUT: mask is a Array; a Uint8Array is allowed',
    );
  });

  it("refuses another head's state", () => {
    const head = make();
    head.write(given.keys, given.values);
    const { kind } = head.save();
    const foreign = kind === 'softmax' ? heads.astrocyte?.() : heads.softmax?.();
    const wider =
      kind === 'softmax'
        ? softmaxHead({ width: 7, valueWidth })
        : astrocyteHead({ width, valueWidth, hidden: layerOf('performer', 21, width).layer });
    wider.write(normals(1, 7 * width), normals(2, (7 * width * valueWidth) / wider.width));
    const before = head.save();
    for (const other of [foreign, wider]) {
      expect(failure(() => head.restore((other as AttentionHead).save()))).toMatch(
        /^BAD_INPUT: state is of a head of kind /,
      );
    }
    expect(head.save()).toEqual(before);
  });
});

describe('a head', () => {
  it('refuses widths that are none', () => {
    const { layer: hidden } = layerOf('performer', 4, width);
    for (const bad of [0, -1, 1.5, NaN]) {
      expect(failure(() => softmaxHead({ width: bad }))).toBe(
        `BAD_INPUT: width is ${bad}; a whole number ≥ 1 is allowed`,
      );
      expect(failure(() => astrocyteHead({ width, valueWidth: bad, hidden }))).toBe(
        `BAD_INPUT: valueWidth is ${bad}; a whole number ≥ 1 is allowed`,
      );
    }
    expect(failure(() => astrocyteHead({ width: 7, hidden }))).toBe(
      'BAD_SHAPE: hidden layer is for width 6 but the head has width 7; they must match',
    );
  });

  it('says that memory does not suffice, before it takes any', () => {
    const hidden: HiddenLayer = {
      kind: 'huge',
      neurons: 1_000_000,
      width: 1,
      signed: false,
      features: () => {},
    };
    expect(failure(() => astrocyteHead({ width: 1, valueWidth: 2000, hidden }))).toMatch(
      /^OUT_OF_MEMORY: head: 2\d{10} bytes do not fit/,
    );
  });

  it('divides keys and queries by d^¼ unless told otherwise', () => {
    const hidden = layerOf('performer', 20, width).layer;
    const usual = astrocyteHead({ width, valueWidth, hidden });
    const plain = astrocyteHead({ width, valueWidth, hidden, scale: 1 });
    const factor = Math.fround(1 / Math.sqrt(Math.sqrt(width)));
    usual.write(given.keys, given.values);
    plain.write(
      given.keys.map((v) => v * factor),
      given.values,
    );
    const scaled = given.queries.map((v) => v * factor);
    expect(plain.read(scaled)).toEqual(usual.read(given.queries));
  });
});

describe('synapses of an astrocyte head', () => {
  it.each(kinds)('%s: H is Σ v φᵀ and g is Σ φ, up to 2^exponent', (kind) => {
    const made = layerOf(kind, 20, width);
    const head = astrocyteHead({ width, valueWidth, hidden: made.layer });
    head.write(given.keys, given.values);
    const { keys } = activitiesOf(made, given);
    const unit = 2 ** head.exponent;
    const { H, g } = head;
    for (let r = 0; r < 20; r++) {
      const phi = keys.map((h) => h[r] as number);
      const size = phi.reduce((sum, h) => sum + Math.abs(h), 0);
      // A neuron's φ below 2⁻¹²⁶ of the unit is 0 in float32.
      const bound = 1e-4 * size + unit * 2 ** -120;
      const exact = phi.reduce((sum, h) => sum + h, 0);
      expect(Math.abs((g[r] as number) * unit - exact)).toBeLessThanOrEqual(bound);
      for (let j = 0; j < valueWidth; j++) {
        const sum = phi.reduce(
          (s, h, t) => s + h * (given.values[t * valueWidth + j] as number),
          0,
        );
        const came = (H[j * 20 + r] as number) * unit;
        expect(Math.abs(came - sum)).toBeLessThanOrEqual(4 * bound);
      }
    }
  });

  it('are copies', () => {
    const head = heads.astrocyte?.() as ReturnType<typeof astrocyteHead>;
    head.write(given.keys, given.values);
    const { H } = head;
    H.fill(0);
    expect(head.H.some((v) => v !== 0)).toBe(true);
  });

  it('take the same memory however many tokens pass', async () => {
    await compile();
    const kernels = newKernels();
    const { layer } = layerOf('performer', 32, width);
    const mechanism = createAstrocyte(kernels, layer, valueWidth, 1);
    const head = arrayCalls(kernels, mechanism, width, valueWidth);
    head.begin();
    const chunk = tokens(1, 250, width, 5, valueWidth);
    const pass = () => {
      head.write(chunk.keys, chunk.values);
      head.read(chunk.queries);
      head.stream(chunk.queries, chunk.keys, chunk.values);
      return [kernels.arena.used(), kernels.arena.memory.buffer.byteLength];
    };
    const first = pass();
    for (let i = 1; i < 200; i++) expect(pass()).toEqual(first);
  });
});
