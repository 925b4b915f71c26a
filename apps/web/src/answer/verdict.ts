import type { Comparison } from '@tripartite/sdk';
import { formatFixed, formatNumber } from '@tripartite/sdk/figure';

/** Words for likeness to the transformer, from the most alike down; the first whose limit holds is taken. */
const cosineWords: readonly (readonly [from: number, words: string])[] = [
  [0.99, 'practically the same'],
  [0.95, 'a close likeness'],
  [0.85, 'a fair likeness'],
  [0.6, 'a rough likeness, not a replacement'],
  [0.3, 'a faint likeness'],
  [Number.NEGATIVE_INFINITY, 'little in common'],
];

const lossWords: readonly (readonly [upTo: number, words: string])[] = [
  [0.25, 'as good'],
  [1, 'slightly worse'],
  [2, 'clearly worse, but the same picture'],
  [Number.POSITIVE_INFINITY, 'much worse'],
];

/** One sentence on a comparison: what came out, and how good that is, judged against the transformer only. */
export function verdict({ output }: Comparison): string {
  switch (output.type) {
    case 'embedding': {
      const words = cosineWords.find(([from]) => output.cosine >= from)?.[1];
      return `The twin’s embedding has a cosine of ${formatFixed(output.cosine, 2)} with the transformer’s: ${words}.`;
    }
    case 'label': {
      const away = `${formatNumber(output.logitError * 100, 2)} %`;
      return output.agreement === 1
        ? `Both say ${output.label}; the twin’s scores are ${away} away from the transformer’s.`
        : `The transformer says ${output.label}, the twin ${output.twinLabel}: it fails on this digit.`;
    }
    case 'picture': {
      const words = lossWords.find(([upTo]) => output.loss <= upTo)?.[1];
      const size = formatFixed(Math.abs(output.loss), 2);
      const side = output.loss < 0 ? 'above' : 'below';
      return `The twin’s painting lies ${size} dB ${side} the transformer’s: ${words}.`;
    }
  }
}
