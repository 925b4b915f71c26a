import { activations, type Kernels, type Pointer } from '@tripartite/kernels';
import type {
  FunctionLayer,
  HiddenInput,
  HiddenLayer,
  WeightedLayer,
} from '../hidden/hidden-layer.js';
import type { Rows } from './rows.js';

/** Which of the two a token is seen as. */
export type Side = 'query' | 'key';

/** Hidden activity of some tokens: φ = phi · 2^exponents. */
export interface Activity {
  /** (rows, stride), the first `neurons` of each row used, the rest 0. */
  readonly phi: Pointer;
  /** Neurons rounded up to a multiple of 4. */
  readonly stride: number;
  /** (rows), int32. */
  readonly exponents: Pointer;
}

/** A hidden layer whose weights lie in an arena. Memory belongs to whoever holds the arena's mark. */
export interface PlacedLayer {
  /** Activity of tokens, in memory allocated on the way; `mask` points at a byte per token, or is 0. */
  excite(side: Side, tokens: Rows, mask: Pointer): Activity;
}

/** One side's weights, transposed as the matrix product likes them. */
interface PlacedInput {
  readonly input: HiddenInput;
  readonly weights: Pointer;
  readonly bias: Pointer;
  readonly map: Pointer;
  readonly minusCentre: Pointer;
  readonly gain: Pointer;
}

/** Allocates and stores the transpose of a (rows, columns) matrix. */
function placeTransposed(
  kernels: Kernels,
  matrix: Float32Array,
  rows: number,
  columns: number,
): Pointer {
  const { arena } = kernels;
  const at = arena.floats(rows * columns);
  const mark = arena.mark();
  kernels.transpose(at, rows, arena.store(matrix), rows, columns);
  arena.release(mark);
  return at;
}

function placeInput(kernels: Kernels, layer: WeightedLayer, input: HiddenInput): PlacedInput {
  const { arena } = kernels;
  const { neurons, width } = layer;
  return {
    input,
    weights: placeTransposed(kernels, input.weights, neurons, width),
    bias: arena.store(input.bias),
    map: input.map ? placeTransposed(kernels, input.map, width, width) : 0,
    minusCentre: input.centre ? arena.store(input.centre.map((c) => -c)) : 0,
    gain: input.gain ? arena.store(input.gain) : 0,
  };
}

function placeWeighted(kernels: Kernels, layer: WeightedLayer, scale: number): PlacedLayer {
  const { arena, scratch } = kernels;
  const { width, neurons } = layer;
  const stride = Math.ceil(neurons / 4) * 4;
  const query = placeInput(kernels, layer, layer.query);
  const key = layer.key === layer.query ? query : placeInput(kernels, layer, layer.key);

  return {
    excite(side, tokens, mask) {
      const { input, weights, bias, map, minusCentre, gain } = side === 'query' ? query : key;
      const { rows } = tokens;
      const phi = arena.floats(rows * stride);
      const exponents = arena.floats(rows);
      const mark = arena.mark();
      const logScale = arena.floats(rows);
      let x = arena.floats(rows * width);
      kernels.scaleRows(x, tokens.pointer, tokens.stride, scale, rows, width);
      kernels.quadraticForm(logScale, x, gain, 0, input.constant, rows, width, false);
      if (minusCentre) {
        const centre = arena.floats(rows * width);
        kernels.fillRows(centre, width, minusCentre, rows, width);
        kernels.add(x, x, centre, rows * width);
      }
      if (map) {
        const mapped = arena.floats(rows * width);
        kernels.gemm(mapped, width, x, width, 1, map, width, 1, rows, width, width, false, scratch);
        x = mapped;
      }
      if (input.norm) {
        kernels.quadraticForm(logScale, x, 0, input.norm, 0, rows, width, true);
      }
      const shift = input.shift ? arena.floats(rows) : 0;
      if (shift) kernels.quadraticForm(shift, x, 0, input.shift, 0, rows, width, false);
      kernels.fillRows(phi, stride, bias, rows, neurons);
      kernels.gemm(
        phi,
        stride,
        x,
        width,
        1,
        weights,
        neurons,
        1,
        rows,
        neurons,
        width,
        true,
        scratch,
      );
      const code = activations[layer.activation];
      kernels.excite(phi, stride, exponents, logScale, shift, mask, code, rows, neurons);
      arena.release(mark);
      return { phi, stride, exponents };
    },
  };
}

function placeFunction(kernels: Kernels, layer: FunctionLayer, scale: number): PlacedLayer {
  const { arena } = kernels;
  const { width, neurons, features } = layer;
  const stride = Math.ceil(neurons / 4) * 4;
  return {
    excite(_side, tokens, mask) {
      const { rows } = tokens;
      const phi = arena.floats(rows * stride);
      const exponents = arena.floats(rows);
      const mark = arena.mark();
      const packed = arena.floats(rows * width);
      const unscaled = arena.floats(rows);
      kernels.scaleRows(packed, tokens.pointer, tokens.stride, scale, rows, width);
      const x = arena.viewFloats(packed, rows * width).slice();
      for (let t = 0; t < rows; t++) {
        const activity = new Float32Array(neurons);
        if (!mask || arena.viewBytes(mask + t, 1)[0]) {
          features(x.subarray(t * width, (t + 1) * width), activity);
        }
        arena.viewFloats(phi + t * stride * 4, neurons).set(activity);
      }
      arena.viewFloats(unscaled, rows).fill(0);
      const code = activations.linear;
      kernels.excite(phi, stride, exponents, unscaled, 0, mask, code, rows, neurons);
      arena.release(mark);
      return { phi, stride, exponents };
    },
  };
}

/** Puts a hidden layer into the kernels' arena; tokens are multiplied by `scale` (d^−¼) first. */
export function placeLayer(kernels: Kernels, layer: HiddenLayer, scale: number): PlacedLayer {
  return 'features' in layer
    ? placeFunction(kernels, layer, scale)
    : placeWeighted(kernels, layer, scale);
}
