import type { Kernels, Pointer } from '@tripartite/kernels';
import { runForward } from '../transformer/forward.js';
import type { Model } from '../transformer/model.js';
import { countRows, type PreparedInput } from '../transformer/stream.js';

/** Largest whole number that a kept value becomes. */
const largest = 32_767;
/** Inputs that run through the transformer at once: threads share them. */
const atOnce = 8;

/** The residual stream of one input before one block, in 16 bits a value: half the memory, and an error of 2⁻¹⁶ of a token's largest value. */
export interface StoredStream {
  readonly width: number;
  /** (rows): what a token's whole numbers are multiplied by. */
  readonly scales: Float32Array;
  /** (rows, width). */
  readonly values: Int16Array;
}

/** One input, as the transformer saw it; what heads read is computed from it when it is needed. */
export interface StoredInput {
  /** Its number among the inputs of the fit. */
  readonly number: number;
  /** By layer. */
  readonly streams: readonly StoredStream[];
  /** What the transformer made of it; empty where outputs were not wanted. */
  readonly output: Float32Array;
}

/** Bytes that an input keeps, at most: so many tokens before every block. */
export function storedBytes({ plan }: Pick<Model, 'plan'>, rows: number): number {
  return plan.steps.reduce(
    (sum, step) => sum + (step.op === 'block' ? rows * (2 * step.block.qkv.input + 4) : 0),
    0,
  );
}

/** Packs rows of the stream, float32 in the arena. */
function packStream({ arena }: Kernels, x: Pointer, rows: number, width: number): StoredStream {
  const scales = new Float32Array(rows);
  const values = new Int16Array(rows * width);
  for (let t = 0; t < rows; t++) {
    const row = arena.viewFloats(x + 4 * t * width, width);
    const top = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.fround(top / largest) || 1;
    scales[t] = scale;
    for (let i = 0; i < width; i++) values[t * width + i] = Math.round((row[i] as number) / scale);
  }
  return { width, scales, values };
}

/** Unpacks a stream, (rows, width), into `out` where it is given. */
export function readStream(
  { width, scales, values }: StoredStream,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  for (let t = 0; t < scales.length; t++) {
    const scale = scales[t] as number;
    for (let at = t * width; at < (t + 1) * width; at++) out[at] = (values[at] as number) * scale;
  }
  return out;
}

/** Options of `storeInputs`. */
interface StoreOptions {
  /** Whether outputs are wanted; without them the last block need not run. */
  readonly outputs: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of inputs that are done. */
  readonly onInput?: (done: number) => void;
}

/** Runs inputs through the transformer and keeps their streams. To be called within a turn on the model's kernels. */
export async function storeInputs(
  model: Model,
  numbers: readonly number[],
  prepare: (number: number) => PreparedInput,
  { outputs: wanted, signal, onInput }: StoreOptions,
): Promise<StoredInput[]> {
  const { kernels } = model;
  const last = model.layers.length - 1;
  const stored: StoredInput[] = [];
  for (let first = 0; first < numbers.length; first += atOnce) {
    const own = numbers.slice(first, first + atOnce);
    const streams: StoredStream[][] = own.map(() => []);
    const outputs = await runForward(model, own.map(prepare), {
      beforeLayer(layer, stream) {
        const whole = packStream(kernels, stream.x, countRows(stream), stream.width);
        stream.spans.forEach(({ start, rows }, item) => {
          streams[item]?.push({
            width: stream.width,
            scales: whole.scales.slice(start, start + rows),
            values: whole.values.slice(start * stream.width, (start + rows) * stream.width),
          });
        });
        return layer === last && !wanted;
      },
      ...(signal && { signal }),
    });
    own.forEach((number, item) => {
      stored.push({
        number,
        streams: streams[item] as StoredStream[],
        output: wanted ? (outputs[item] as Float32Array) : new Float32Array(0),
      });
    });
    onInput?.(stored.length);
  }
  return stored;
}
