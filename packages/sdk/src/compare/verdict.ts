import { formatFixed, formatNumber } from '../figure/format.js';
import type { Comparison } from './comparison.js';

/** A band of wording: it holds from `limit` upwards (`cosine`, `agreement`) or up to it (errors, dB). */
interface Band {
  readonly limit: number;
  readonly words: string;
}

/**
 * The one table of words. Each list is read from the top, the first band that holds is taken; the last holds
 * always. The words judge likeness to the transformer, never whether the transformer is right.
 */
export const verdictBands = {
  /** Cosine of the embeddings, at least. */
  cosine: [
    { limit: 0.99, words: 'practically the same' },
    { limit: 0.95, words: 'a close likeness' },
    { limit: 0.85, words: 'a fair likeness' },
    { limit: 0.6, words: 'a rough likeness, not a replacement' },
    { limit: 0.3, words: 'a faint likeness' },
    { limit: Number.NEGATIVE_INFINITY, words: 'little in common' },
  ],
  /** ‖l̂ − l‖ / ‖l‖ of the scores where the labels agree, at most. */
  scores: [
    { limit: 0.05, words: 'a close copy' },
    { limit: 0.2, words: 'a good likeness' },
    { limit: 0.5, words: 'the same answer from rather different scores' },
    { limit: Number.POSITIVE_INFINITY, words: 'the same answer, by scores with little in common' },
  ],
  /** Share of equal labels over seeds or inputs, at least. */
  agreement: [
    { limit: 1, words: 'they never disagree here' },
    { limit: 0.97, words: 'they rarely disagree' },
    { limit: 0.85, words: 'they mostly agree' },
    { limit: 0.5, words: 'not a replacement' },
    { limit: Number.NEGATIVE_INFINITY, words: 'they mostly disagree' },
  ],
  /** Loss of PSNR against softmax's painting, dB, at most. */
  loss: [
    { limit: 0.25, words: 'as good a painting' },
    { limit: 1, words: 'slightly worse' },
    { limit: 2, words: 'clearly worse, though it shows the same picture' },
    { limit: Number.POSITIVE_INFINITY, words: 'much worse' },
  ],
} as const satisfies Readonly<Record<string, readonly Band[]>>;

function atLeast(list: readonly Band[], value: number): string {
  return list.find(({ limit }) => value >= limit)?.words ?? list[list.length - 1]?.words ?? '';
}

function atMost(list: readonly Band[], value: number): string {
  return list.find(({ limit }) => value <= limit)?.words ?? list[list.length - 1]?.words ?? '';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function setting(comparisons: readonly Comparison[]): string {
  const first = comparisons[0];
  if (!first) return '';
  const { kind, neurons, shared, sha256 } = first.hidden;
  const swapped = first.heads.filter((head) => head.swapped).length;
  const part =
    swapped === first.heads.length ? '' : ` in ${swapped} of its ${first.heads.length} heads`;
  const over = comparisons.length > 1 ? ` and over ${comparisons.length} inputs` : '';
  // A fitted layer draws nothing.
  const draws = first.seeds.length > 1 && !sha256 ? `, mean of ${first.seeds.length} draws` : '';
  const count = `${neurons} hidden neuron${neurons === 1 ? '' : 's'} per head`;
  return `${count}${part} (${kind}${shared ? ', one φ' : ''}${draws})${over}`;
}

function outputs<T extends Comparison['output']['type']>(
  comparisons: readonly Comparison[],
  type: T,
): Extract<Comparison['output'], { type: T }>[] {
  return comparisons.flatMap(({ output }) =>
    output.type === type ? [output as Extract<Comparison['output'], { type: T }>] : [],
  );
}

function embeddingEnding(comparisons: readonly Comparison[]): string {
  const cosine = mean(outputs(comparisons, 'embedding').map((output) => output.cosine));
  const of = comparisons.length > 1 ? 'embeddings of mean' : 'an embedding of';
  return `gives ${of} cosine ${formatFixed(cosine, 2)} with the transformer’s: ${atLeast(verdictBands.cosine, cosine)}`;
}

function labelEnding(comparisons: readonly Comparison[]): string {
  const list = outputs(comparisons, 'label');
  const agreement = mean(list.map((output) => output.agreement));
  const error = mean(list.map((output) => output.logitError));
  const only = list.length === 1 ? list[0] : undefined;
  const scores = `scores ${formatNumber(error * 100, 2)} % away`;
  if (only && agreement === 1) {
    return `gives the transformer’s label, “${only.label}”, with ${scores}: ${atMost(verdictBands.scores, error)}`;
  }
  if (only && agreement === 0) {
    return `says “${only.twinLabel}” where the transformer says “${only.label}”, with ${scores}: it fails on this input`;
  }
  return `gives the transformer’s label in ${Math.round(agreement * 1000) / 10} % of cases: ${atLeast(verdictBands.agreement, agreement)}`;
}

function pictureEnding(comparisons: readonly Comparison[]): string {
  const list = outputs(comparisons, 'picture');
  const loss = mean(list.map((output) => output.loss));
  const agreement = mean(list.map((output) => output.agreement));
  const size = `${formatFixed(Math.abs(loss), 2)} dB`;
  const change = loss < 0 ? `${size} above` : `${size} below`;
  return `paints the hidden patches ${change} softmax’s own painting${list.length > 1 ? ' on average' : ''} (agreement ${formatFixed(agreement, 1)} dB): ${atMost(verdictBands.loss, loss)}`;
}

/**
 * The verdict: one sentence from the numbers, in the words of `verdictBands`. Several inputs of one kind give their
 * mean; inputs of several models give a part for each, joined by semicolons.
 */
export function verdict(comparisons: readonly Comparison[]): string {
  const models = [...new Set(comparisons.map(({ model }) => model))];
  let said = '';
  const parts = models.map((model, i) => {
    const own = comparisons.filter((comparison) => comparison.model === model);
    const type = own[0]?.output.type;
    const endings = { embedding: embeddingEnding, label: labelEnding, picture: pictureEnding };
    const ending = endings[type ?? 'embedding'](own);
    const numbers = setting(own);
    const start = numbers === said ? '' : `${i === 0 ? 'With' : 'with'} ${numbers}, `;
    said = numbers;
    const subject = i === 0 ? 'the neuron–astrocyte twin' : 'that';
    return `${start}${subject}${models.length > 1 ? ` of ${model}` : ''} ${ending}`;
  });
  return `${parts.join('; ')}.`;
}
