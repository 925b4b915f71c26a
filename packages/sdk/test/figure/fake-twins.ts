import type {
  ComparisonOutput,
  DetailedComparison,
  HiddenReport,
  SideBySideTwin,
} from '../../src/compare/comparison.js';

// Hidden layers side by side, made up, for tests of figures and reports.

export const fakeLayers: readonly HiddenReport[] = [
  { kind: 'learned', neurons: 64, sha256: 'c'.repeat(64) },
  { kind: 'matched', neurons: 64, sampling: 'orthogonal' },
  { kind: 'performer', neurons: 64, sampling: 'iid' },
];

/** Three hidden layers on the input of `comparison`: learned near it, matched farther, performer farthest. */
export function fakeTwins(comparison: DetailedComparison): SideBySideTwin[] {
  const { details, output, ...rest } = comparison;
  return fakeLayers.map((hidden, worse) => {
    const outputs: Record<ComparisonOutput['type'], ComparisonOutput> = {
      embedding: {
        type: 'embedding',
        cosine: 0.968 - 0.25 * worse,
        relativeError: 0.25 + 0.3 * worse,
      },
      label: {
        type: 'label',
        label: '7',
        twinLabel: worse < 2 ? '7' : '2',
        agreement: worse < 2 ? 1 : 0,
        logitError: 0.02 + 0.3 * worse,
        logitDifference: 0.1 + worse,
      },
      picture: {
        type: 'picture',
        psnr: 19.6,
        psnrTwin: 19.4 - worse,
        agreement: 31 - 4 * worse,
        loss: 0.2 + worse,
      },
    };
    const { softmax } = details.outputs ?? {};
    const { pictures } = details;
    const own = pictures?.softmax;
    return {
      comparison: { ...rest, hidden, output: outputs[output.type] },
      ...(softmax && {
        outputs: {
          softmax,
          // Beside the largest score, at 7, that of class 2 rises.
          twin: softmax.map((value, i) => (i === 2 ? value + 5 * worse : value)),
        },
      }),
      ...(pictures && {
        pictures: own
          ? {
              ...pictures,
              twin: {
                ...own,
                data: own.data.map((value, i) => Math.max(0, value - (i % 5) * (worse + 1))),
              },
            }
          : pictures,
      }),
    };
  });
}

/** The same over several seeds: draws differ by `step` about the mean, fitted layers do not. */
export function overSeeds(twins: readonly SideBySideTwin[], step: number): SideBySideTwin[] {
  return twins.map((twin) => {
    const { output, hidden } = twin.comparison;
    const runs = [-step, 0, step].map((change) =>
      output.type === 'embedding' && !hidden.sha256
        ? { ...output, cosine: output.cosine + change }
        : output,
    );
    return { ...twin, comparison: { ...twin.comparison, seeds: [1, 2, 3], runs } };
  });
}
