import type { Model } from '../transformer/model.js';
import type { PreparedInput } from '../transformer/stream.js';
import { cosineLoss, type Loss, labelDivergence, meanSquare } from './loss.js';

/** How far a twin's output of one input is from the transformer's, with the gradient by the twin's. */
export type OutputLoss = (
  student: Float32Array,
  teacher: Float32Array,
  input: PreparedInput,
) => Loss;

/**
 * The loss that fits what a model puts out: 1 − cosine of embeddings, the divergence of label probabilities, the
 * mean square over hidden patches of pictures.
 */
export function outputLoss({ plan }: Pick<Model, 'plan'>): OutputLoss {
  switch (plan.output) {
    case 'embedding':
      return cosineLoss;
    case 'label':
      return labelDivergence;
    case 'picture':
      return hiddenPatches;
  }
}

/** The mean square over the patches that the model had to paint: the others are pasted over in the end. */
const hiddenPatches: OutputLoss = (student, teacher, { order }) => {
  if (!order) return meanSquare(student, teacher);
  const { shuffle, visible } = order;
  const size = student.length / shuffle.length;
  const hidden = shuffle.subarray(visible);
  const gather = (from: Float32Array): Float32Array => {
    const out = new Float32Array(hidden.length * size);
    hidden.forEach((patch, i) => {
      out.set(from.subarray(patch * size, (patch + 1) * size), i * size);
    });
    return out;
  };
  const { value, gradient } = meanSquare(gather(student), gather(teacher));
  const whole = new Float32Array(student.length);
  hidden.forEach((patch, i) => {
    whole.set(gradient.subarray(i * size, (i + 1) * size), patch * size);
  });
  return { value, gradient: whole };
};
