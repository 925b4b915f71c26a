import { TripartiteError } from '../errors.js';
import { exp, log } from '../numeric/elementary.js';

/** A loss and its gradient by what the student says. */
export interface Loss {
  readonly value: number;
  readonly gradient: Float32Array;
}

/**
 * How far a student is from its teacher. Sums run in float64, in order, and use no elementary function of the engine.
 * Throws `BAD_SHAPE` for different lengths, `BAD_INPUT` where values that are all 0 leave it without a meaning.
 */
export type LossFunction = (student: Float32Array, teacher: Float32Array) => Loss;

/** 1 − the cosine between two embeddings, of any length: 0 where they point the same way, at most 2. */
export const cosineLoss: LossFunction = (student, teacher) => {
  checkLengths('cosine loss', student, teacher);
  const size = Math.sqrt(dot(student, student));
  const teacherSize = Math.sqrt(dot(teacher, teacher));
  if (size === 0 || teacherSize === 0) {
    throw new TripartiteError(
      'BAD_INPUT',
      `cosine loss: the ${size === 0 ? 'student' : 'teacher'}'s embedding is 0; one of another length is needed`,
    );
  }
  const cosine = dot(student, teacher) / (size * teacherSize);
  return {
    value: 1 - cosine,
    gradient: student.map(
      (v, i) => ((v / size) * cosine - (teacher[i] as number) / teacherSize) / size,
    ),
  };
};

/**
 * Mean squared difference in units of the teacher's mean square: 0 where they agree, 1 for a student of zeros. For
 * pictures and for hidden states.
 */
export const meanSquare: LossFunction = (student, teacher) => {
  checkLengths('mean square', student, teacher);
  const unit = dot(teacher, teacher);
  if (unit === 0) {
    throw new TripartiteError(
      'BAD_INPUT',
      'mean square: the teacher is 0 throughout; some value other than 0 is needed',
    );
  }
  let sum = 0;
  const gradient = student.map((v, i) => {
    const difference = v - (teacher[i] as number);
    sum += difference * difference;
    return (2 * difference) / unit;
  });
  return { value: sum / unit, gradient };
};

/**
 * Kullback–Leibler divergence of the student's label probabilities from the teacher's, Σ p (ln p − ln q) in nats, both
 * softmax of logits.
 */
export const labelDivergence: LossFunction = (student, teacher) => {
  checkLengths('label divergence', student, teacher);
  const [own, truth] = [logSoftmax(student), logSoftmax(teacher)];
  let value = 0;
  const gradient = Float32Array.from(own, (q, i) => {
    const p = truth[i] as number;
    const probability = exp(p);
    // A label without any probability adds nothing, however improbable the student thinks it.
    if (probability > 0) value += probability * (p - q);
    return exp(q) - probability;
  });
  return { value, gradient };
};

/** ln softmax of logits, in float64. */
function logSoftmax(logits: Float32Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const logSum = log(logits.reduce((sum, v) => sum + exp(v - top), 0));
  return Float64Array.from(logits, (v) => v - top - logSum);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
}

function checkLengths(what: string, student: Float32Array, teacher: Float32Array): void {
  if (student.length === teacher.length) return;
  throw new TripartiteError(
    'BAD_SHAPE',
    `${what}: the student has ${student.length} values, the teacher ${teacher.length}; they must match`,
  );
}
