import { type Expectation, judge } from './judge.js';
import type { StudyRow } from './study.js';

/** Expectations of a study's rows by setting (`settingWords`), with `HEAD: ` before it where a row is of a head. */
export type Expectations = Readonly<Record<string, Expectation>>;

/** Expectations that share tolerance, source and direction: a value each. */
export function expectAll(
  values: Readonly<Record<string, number>>,
  shared: Omit<Expectation, 'value'>,
): Expectations {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, ...shared }]),
  );
}

/** Words by which expectations name a row: its setting, after its head where it has one. */
function rowWords({ labels: { head, hidden, neurons } }: StudyRow): string {
  return `${head === undefined ? '' : `${head}: `}${hidden}, ${neurons}`;
}

/** The rows with what was expected of one of their values, where something was, and what became of it. */
export function judgeRows(
  rows: readonly StudyRow[],
  of: string,
  expectations: Expectations,
): StudyRow[] {
  return rows.map((row) => {
    const expected = expectations[rowWords(row)];
    const measured = row.values[of];
    if (!expected || !measured) return row;
    return { ...row, expected: { of, ...expected, ...judge(measured, expected) } };
  });
}

const earlier =
  'earlier measurement with other code on 30 paragraphs of the same novel, calibrated on 150 others of it';

/** Mean cosine of embeddings, `fidelity`. */
export const expectedCosines: Expectations = {
  ...expectAll(
    {
      'performer, iid, 256': 0.42,
      'performer, iid, 1024': 0.47,
      'performer, iid, 4096': 0.53,
      'performer, orthogonal, 256': 0.42,
      'performer, orthogonal, 1024': 0.455,
      'performer, orthogonal, 4096': 0.5,
      'performer, sobol, 256': 0.42,
      'performer, sobol, 1024': 0.455,
      'performer, sobol, 4096': 0.5,
      'cosine, 256': 0.15,
      'cosine, 1024': 0.15,
      'positive-cosine, 256': 0.21,
      'positive-cosine, 1024': 0.21,
      'clipped-sine, 256': 0.22,
      'clipped-sine, 1024': 0.22,
      'truncated-performer, 256': 0.32,
      'truncated-performer, 1024': 0.32,
      'linear, 256': 0.53,
      'linear, 1024': 0.53,
      'matched, orthogonal, 64': 0.645,
      'matched, orthogonal, 256': 0.71,
      'matched, orthogonal, 1024': 0.76,
      'matched, orthogonal, 4096': 0.82,
      'matched, sobol, 64': 0.645,
      'matched, sobol, 256': 0.71,
      'matched, sobol, 1024': 0.76,
      'matched, sobol, 4096': 0.82,
    },
    { tolerance: 0.05, source: earlier },
  ),
  ...expectAll(
    {
      'learned, 64': 0.906,
      'learned, 256': 0.965,
      'learned, 1024': 0.972,
      'learned, one φ, 256': 0.944,
      'fine-tuned, 64': 0.936,
      'fine-tuned, 256': 0.971,
      'fine-tuned, 1024': 0.975,
    },
    { tolerance: 0.01, source: earlier, better: 'higher' },
  ),
};

/** Share of digits with the transformer's label, `digits`. */
export const expectedAgreements: Expectations = {
  ...expectAll(
    {
      'performer, iid, 16': 0.46,
      'performer, iid, 64': 0.61,
      'performer, iid, 256': 0.83,
      'performer, iid, 1024': 0.91,
    },
    { tolerance: 0.05, source: 'earlier measurement with other code on 500 digits' },
  ),
  ...expectAll(
    {
      'matched, orthogonal, 16': 0.95,
      'matched, orthogonal, 64': 0.987,
      'matched, orthogonal, 256': 0.988,
      'matched, orthogonal, 1024': 0.995,
    },
    { tolerance: 0.01, source: 'earlier measurement with other code on 500 digits' },
  ),
};

/** Loss of PSNR against softmax, dB, `painting`. */
export const expectedLosses: Expectations = {
  ...expectAll(
    { 'performer, orthogonal, 64': 1.88, 'matched, orthogonal, 64': 1.28 },
    { tolerance: 0.1, source: 'earlier measurement with other code on the same photographs' },
  ),
  ...expectAll(
    {
      'performer, orthogonal, 256': 1.75,
      'performer, orthogonal, 1024': 1.58,
      'matched, orthogonal, 256': 0.83,
      'matched, orthogonal, 1024': 0.58,
    },
    { tolerance: 0.2, source: 'card of photo-mae: 44 other photographs, one mask each' },
  ),
};

/** Correlation of the logarithms of response and normaliser, `response`; by head and setting. */
export const expectedCorrelations: Expectations = {
  ...expectAll(
    { '1.3: performer, iid, 100000': 0.87 },
    {
      tolerance: 0.1,
      source: 'examples/figure-response.mjs, one draw; follows the normaliser as in the paper',
      better: 'higher',
    },
  ),
  ...expectAll(
    {
      '1.3: performer, iid, 1000': 0.3,
      '1.0: performer, iid, 1000': 0,
      '1.0: performer, iid, 100000': 0.45,
      '0.3: performer, iid, 1000': -0.2,
      '0.3: performer, iid, 100000': 0.14,
    },
    { tolerance: 0.2, source: 'examples/figure-response.mjs, one draw' },
  ),
  ...expectAll(
    {
      '1.3: matched, orthogonal, 1000': 0.77,
      '1.0: matched, orthogonal, 1000': 0.78,
      '0.3: matched, orthogonal, 1000': 0.84,
    },
    { tolerance: 0.1, source: 'examples/figure-response.mjs, one draw', better: 'higher' },
  ),
};
