import type { Pointer } from '@tripartite/kernels';
import { withinMemory } from '../memory.js';
import type { Plan } from '../transformer/plan.js';
import type { PreparedInput } from '../transformer/stream.js';
import { takeStep } from './learn-step.js';
import { learnBatch, measureHeldOut, totalLoss } from './learning.js';
import { type Loss, meanSquare } from './loss.js';
import { optimise } from './optimiser.js';
import { outputLoss } from './output-loss.js';
import { type Recording, recordForward } from './reverse/recording.js';
import type { ReverseWeights } from './reverse/reverse-weights.js';
import { rateAt } from './schedule.js';
import type { FitSession } from './session.js';
import { readStream, type StoredInput, type StoredStream } from './stored-inputs.js';
import { createTunePass } from './tune-pass.js';

/** Layers straight after which another block comes: the transformer's stream there is kept. */
function streamsBetween({ steps }: Plan): number[] {
  const blocks = steps.flatMap(({ op }, index) => (op === 'block' ? [index] : []));
  return blocks.flatMap((index, layer) => (steps[index + 1]?.op === 'block' ? [layer] : []));
}

/** Held-out inputs that are measured at once. */
const measuredAtOnce = 16;

/** Steps that bring the twin's output to the transformer's, all hidden layers together. */
export interface Tuning {
  /** One step on a batch; gives its loss. */
  step(batch: readonly StoredInput[], step: number): number;
  /** The loss on the held-out inputs. */
  measure(): number;
}

/**
 * Prepares fine-tuning: the loss is that of the output, plus `distil` times that of the streams between blocks, plus
 * `anchor` times that of learning on the transformer's own
 * queries and keys, which keeps every head a likeness of its softmax.
 */
export function createTuning(session: FitSession, weights: ReverseWeights): Tuning {
  const { model, settings, fits, room, maps, heldOut, prepare, adaptation } = session;
  const { kernels } = model;
  const { tuneSteps, tuneRate, adaptRate, response, anchor, distil } = settings;
  const between = distil > 0 ? streamsBetween(model.plan) : [];
  const loss = outputLoss(model);
  // The first half of a head's rows is for learning, the second for the output.
  const second = fits.map(
    ({ layout }, at) => (room.gradients[at] as Pointer) + 4 * room.batch * layout.length,
  );
  const pass = createTunePass(model, fits, maps, second);

  /** Loss of the output, mean over inputs; with `reverse` its gradients are put into the second halves. */
  function compareOutputs(batch: readonly StoredInput[], reverse: boolean): number {
    const inputs: PreparedInput[] = batch.map(({ number }) => prepare(number));
    return withinMemory(`${model.name}: fine-tuning on ${batch.length} inputs`, () => {
      const recording = recordForward(model, weights, inputs, pass);
      try {
        const losses = recording.outputs.map((output, item) =>
          loss(output, (batch[item] as StoredInput).output, inputs[item] as PreparedInput),
        );
        const streams = between.map((layer) => compareStreams(recording, batch, layer));
        if (reverse) {
          const outputs = losses.map(({ gradient }) => gradient.map((d) => d / batch.length));
          const byLayer: (Float32Array | undefined)[] = model.layers.map(() => undefined);
          streams.forEach(({ gradient }, at) => {
            byLayer[between[at] as number] = gradient;
          });
          recording.reverse({ outputs, streams: byLayer });
        }
        const output = losses.reduce((sum, { value }) => sum + value, 0) / batch.length;
        return streams.reduce((sum, { value }) => sum + value, output);
      } finally {
        recording.release();
      }
    });
  }

  /** The streams after a layer against those that the transformer has before the next, every input as heavy. */
  function compareStreams(
    recording: Recording,
    batch: readonly StoredInput[],
    layer: number,
  ): Loss {
    const student = recording.stream(layer);
    const gradient = new Float32Array(student.length);
    let value = 0;
    let from = 0;
    for (const { streams } of batch) {
      const truth = readStream(streams[layer + 1] as StoredStream);
      const own = meanSquare(student.subarray(from, from + truth.length), truth);
      const factor = distil / batch.length;
      value += factor * own.value;
      own.gradient.forEach((d, i) => {
        gradient[from + i] = factor * d;
      });
      from += truth.length;
    }
    return { value, gradient };
  }

  return {
    step(batch, step) {
      const heads = learnBatch(session, batch, anchor);
      const output = compareOutputs(batch, true);
      const rate = tuneRate * rateAt(step, tuneSteps);
      takeStep(kernels, fits, room, { first: batch.length, second: batch.length }, step, rate);
      if (adaptation) {
        optimise(kernels, adaptation.rows, step, adaptRate * rateAt(step, tuneSteps));
        weights.clearGradients();
        weights.repack();
      }
      return output + anchor * totalLoss(heads, response);
    },
    measure() {
      let sum = 0;
      for (let at = 0; at < heldOut.length; at += measuredAtOnce) {
        const part = heldOut.slice(at, at + measuredAtOnce);
        sum += compareOutputs(part, false) * part.length;
      }
      return sum / heldOut.length + anchor * measureHeldOut(session);
    },
  };
}
