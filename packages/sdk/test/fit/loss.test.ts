import { describe, expect, it } from 'vitest';
import { cosineLoss, type LossFunction, labelDivergence, meanSquare } from '../../src/fit/loss.js';
import { createGenerator } from '../../src/random/generator.js';

const draw = (label: string, length = 13): Float32Array => {
  const generator = createGenerator(5, label);
  return Float32Array.from({ length }, () => generator.normal());
};
const losses: Record<string, LossFunction> = { cosineLoss, meanSquare, labelDivergence };

describe.each(Object.entries(losses))('%s', (_, loss) => {
  const [student, teacher] = [draw('student'), draw('teacher')];

  it('is 0, with a gradient of 0, where student and teacher agree, and above it elsewhere', () => {
    const { value, gradient } = loss(teacher, teacher);
    expect(Math.abs(value)).toBeLessThanOrEqual(1e-15);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1e-9);
    expect(loss(student, teacher).value).toBeGreaterThan(0.1);
  });

  it('has the gradient of central differences', () => {
    const { gradient } = loss(student, teacher);
    const size = Math.max(...gradient.map(Math.abs));
    gradient.forEach((own, at) => {
      // Steps that float32 represents: of both sides the true distance counts.
      const [up, down] = [2 ** -8, -(2 ** -8)].map((by) =>
        student.with(at, (student[at] as number) + by),
      ) as [Float32Array, Float32Array];
      const distance = (up[at] as number) - (down[at] as number);
      const slope = (loss(up, teacher).value - loss(down, teacher).value) / distance;
      expect(Math.abs(slope - own) / size).toBeLessThanOrEqual(2e-5);
    });
  });

  it('names lengths that do not match', () => {
    expect(() => loss(student, draw('short', 12))).toThrow(/13 values, the teacher 12/);
  });
});

describe('cosineLoss', () => {
  it('does not mind the length of an embedding, and is 2 for opposite ones', () => {
    const [a, b] = [draw('a'), draw('b')];
    const longer = a.map((v) => 4 * v);
    expect(cosineLoss(longer, b).value).toBeCloseTo(cosineLoss(a, b).value, 14);
    const opposite = a.map((v) => -v);
    expect(cosineLoss(opposite, a).value).toBeCloseTo(2, 14);
  });

  it('has no meaning for an embedding of 0', () => {
    expect(() => cosineLoss(new Float32Array(3), draw('b', 3))).toThrow(/student's embedding is 0/);
    expect(() => cosineLoss(draw('b', 3), new Float32Array(3))).toThrow(/teacher's embedding is 0/);
  });
});

describe('meanSquare', () => {
  it('is 1 for a student of zeros, and has no meaning for a teacher of zeros', () => {
    const teacher = draw('teacher');
    const zeros = new Float32Array(13);
    expect(meanSquare(zeros, teacher).value).toBe(1);
    expect(() => meanSquare(teacher, zeros)).toThrow(/teacher is 0 throughout/);
  });
});

describe('labelDivergence', () => {
  it('does not mind what is added to all logits, however large they are', () => {
    const [a, b] = [draw('a', 4), draw('b', 4)].map((v) => v.map((x) => Math.round(x * 8) / 8));
    const [own, truth] = [a, b] as [Float32Array, Float32Array];
    const moved = own.map((v) => v + 4096);
    expect(labelDivergence(moved, truth)).toEqual(labelDivergence(own, truth));
  });

  it('is ln 2 where the teacher is sure and the student undecided between two', () => {
    const { value, gradient } = labelDivergence(Float32Array.of(0, 0), Float32Array.of(2000, 0));
    expect(value).toBeCloseTo(Math.LN2, 15);
    expect(Array.from(gradient)).toEqual([-0.5, 0.5]);
  });
});
