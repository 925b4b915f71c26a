import { TripartiteError } from '../errors.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { PreparedInput } from '../transformer/stream.js';
import { shuffled } from './batches.js';

/** Most inputs that are held out: more would say little more of the loss, and cost time. */
const mostHeldOut = 64;

/** Inputs of a fit, prepared one at a time: pictures of many views would not fit into memory. */
export interface FitInputs {
  /** Numbers of the inputs that are fitted on, in random order. */
  readonly training: readonly number[];
  /** Numbers of those that are held out. */
  readonly heldOut: readonly number[];
  /** What the model reads of an input; hidden patches are drawn from the fit's seed and the number. */
  prepare(number: number): PreparedInput;
  /** The input itself. */
  input(number: number): ModelInput;
  /** Seed of the patches that an input hides. */
  seedOf(number: number): number;
}

/** What decides the division of inputs. */
interface DivideOptions {
  readonly seed: number;
  /** Share of the sources that is held out. */
  readonly heldOut: number;
  /** What each input is a part or a view of; default: each stands for itself. */
  readonly sources?: readonly (string | number)[] | undefined;
}

/**
 * Divides inputs into those fitted on and those held out, by the seed: whole sources, since views of one picture know
 * of each other; where all are of one source, single inputs. Throws `BAD_INPUT` for fewer than two inputs, or for sources
 * that are not one an input.
 */
export function divideInputs(
  model: Model,
  inputs: readonly ModelInput[],
  { seed, heldOut: share, sources: given }: DivideOptions,
): FitInputs {
  if (inputs.length < 2) {
    throw new TripartiteError(
      'BAD_INPUT',
      `fit got ${inputs.length} inputs; at least 2 are needed, one of them held out`,
    );
  }
  if (given && given.length !== inputs.length) {
    throw new TripartiteError(
      'BAD_INPUT',
      `fit got ${given.length} sources for ${inputs.length} inputs; one for each is needed`,
    );
  }
  const each = inputs.map((_, number) => number);
  // Parts of one source alone can only be held out from each other.
  const sources = given && new Set(given).size > 1 ? given : each;
  const names = [...new Set(sources)];
  const count = Math.min(mostHeldOut, Math.max(1, Math.floor(share * names.length)));
  const apart = new Set(
    shuffled(names.length, seed, 'fit-sources')
      .slice(0, count)
      .map((at) => names[at]),
  );
  const isApart = (number: number): boolean => apart.has(sources[number]);
  const order = shuffled(inputs.length, seed, 'fit-inputs');
  const seedOf = (number: number): number => seed + number;
  const input = (number: number): ModelInput => inputs[number] as ModelInput;
  return {
    training: order.filter((number) => !isApart(number)),
    heldOut: order.filter(isApart).slice(0, mostHeldOut),
    prepare: (number) => prepareInput(model, input(number), { seed: seedOf(number) }).prepared,
    input,
    seedOf,
  };
}

/** SHA-256 of all inputs in their order, hex: texts as UTF-8, pictures as their size and samples. */
export async function hashInputs(inputs: readonly ModelInput[]): Promise<string> {
  const encoder = new TextEncoder();
  const hashes: Uint8Array<ArrayBuffer>[] = [];
  for (const input of inputs) {
    const parts =
      'text' in input
        ? [encoder.encode(input.text)]
        : [
            encoder.encode(`${input.image.width}×${input.image.height}×${input.image.channels}`),
            input.image.data,
          ];
    hashes.push(await sha256(parts));
  }
  const whole = await sha256(hashes);
  return Array.from(whole, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function sha256(parts: readonly (Uint8Array | Uint8ClampedArray)[]) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
