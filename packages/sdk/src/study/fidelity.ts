import { once } from '../keep.js';
import { mean } from '../numeric/statistics.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { curvePoints, type StudyChart } from './chart.js';
import { cosineBounds, estimateMean, exactly } from './estimate.js';
import { expectedCosines, judgeRows } from './expected.js';
import {
  type HeadMedians,
  headMeasures,
  headSummaryColumns,
  measureHeads,
  summariseHeads,
} from './head-medians.js';
import {
  chooseSetting,
  drawnSettings,
  fittedSettings,
  type StudySetting,
  settingColumns,
  settingId,
  settingLabels,
  settingName,
  settingWords,
} from './settings.js';
import {
  runUnits,
  type StudyOptions,
  type StudyResult,
  type StudyRow,
  type StudyUnit,
} from './study.js';
import { crossedQuality, ownResults } from './twins.js';

const samplings = ['iid', 'orthogonal', 'sobol'] as const;
const otherKinds = ['cosine', 'positive-cosine', 'clipped-sine', 'truncated-performer', 'linear'];

/** Kinds that are drawn. With 4 096 neurons a draw takes longest: three of them. */
function fullSettings(seeds: number): StudySetting[] {
  const few = Math.min(seeds, 3);
  return [
    ...samplings.flatMap((sampling) => [
      ...drawnSettings('performer', sampling, [256, 1024], seeds),
      ...drawnSettings('performer', sampling, [4096], few),
    ]),
    ...[...otherKinds, 'hedgehog'].flatMap((kind) =>
      drawnSettings(kind, undefined, [256, 1024], seeds),
    ),
    ...(['orthogonal', 'sobol'] as const).flatMap((sampling) => [
      ...drawnSettings('matched', sampling, [64, 256, 1024], seeds),
      ...drawnSettings('matched', sampling, [4096], few),
    ]),
  ];
}

function quickSettings(seeds: number): StudySetting[] {
  return [
    ...drawnSettings('performer', 'iid', [256], seeds),
    ...drawnSettings('linear', undefined, [256], seeds),
    ...drawnSettings('matched', 'orthogonal', [64, 256], seeds),
  ];
}

const tables = [
  {
    name: '',
    title: 'Twin beside transformer, every head replaced',
    labels: settingColumns,
    values: [
      { key: 'cosine', heading: 'mean cosine', digits: 3 },
      { key: 'worst', heading: 'worst text', digits: 3 },
      ...headSummaryColumns,
    ],
  },
  {
    name: 'heads',
    title: 'Each head on the transformer’s own queries, keys and values: medians over texts',
    labels: [...settingColumns, { key: 'head', heading: 'head' }],
    values: headMeasures,
  },
];

const notes = [
  'How near does the twin’s embedding come to the transformer’s, when neurons and astrocytes stand in every head?',
  'The cosine is a mean over texts and draws of the hidden weights. Its interval (95 %, Student) is for other texts of the same kind and other draws: two-way random effects, Satterthwaite’s degrees of freedom. Drawn kinds are drawn five times, with 4 096 neurons three times, unless another number was asked for; fitted layers draw nothing.',
  'The worst text is the one with the least mean over the draws. An extreme has no such interval; of n texts, with 95 % confidence, at most a share of 1 − 0.05^(1/n) of all such texts is worse (n = 120: 2.5 %).',
  'Heads are measured one by one on the transformer’s own queries, keys and values, with the first draw; an interval of a median lies between two of the texts.',
];

/** Measuring every head takes about as long as so many passes with few neurons. */
const headsCost = 6;

/** Kinds of which single heads are measured too, beside the fitted ones. */
const measuredHeads = ['performer, iid, 256', 'matched, orthogonal, 256'];

/**
 * Study `fidelity`: how near the twin of a text transformer comes with every kind of hidden layer, as a whole and head
 * by head. Throws as `compare`.
 */
export async function studyFidelity(
  model: Model,
  inputs: readonly ModelInput[],
  options: StudyOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 5, fitted = [], signal } = options;
  const prepared = inputs.slice(0, quick ? 3 : undefined).map((each) => prepareInput(model, each));
  const own = once(() => ownResults(model, prepared, signal ? { signal } : {}));
  const settings = [
    ...(quick ? quickSettings(seeds) : fullSettings(seeds)),
    ...(await fittedSettings(model, fitted)),
  ];
  const watching = signal ? { signal } : {};
  const units = settings.map((setting): StudyUnit => {
    const what = settingWords(setting);
    const withHeads = setting.fitted !== undefined || measuredHeads.includes(what);
    const twins = setting.seeds * (1 + setting.neurons / 1024);
    const cost = twins + (withHeads ? headsCost : 0);
    return {
      id: settingId(setting),
      what,
      cost,
      async measure(tell) {
        const cosines = await crossedQuality(model, setting, prepared, await own(), {
          ...watching,
          tell: (fraction) => tell((fraction * twins) / cost),
        });
        const medians = withHeads
          ? await measureHeads(await chooseSetting(model, setting), prepared, 1, {
              ...watching,
              tell: (fraction) => tell((twins + fraction * headsCost) / cost),
            })
          : [];
        return rowsOf(setting, cosines, medians);
      },
    };
  });
  const rows = judgeRows(await runUnits(units, options), 'cosine', expectedCosines);
  return {
    name: 'fidelity',
    title: `How near the twin of ${model.name} comes`,
    notes,
    tables,
    rows,
    charts: [curveOf(settings, rows)],
  };
}

function rowsOf(
  setting: StudySetting,
  cosines: readonly (readonly number[])[],
  medians: readonly HeadMedians[],
): StudyRow[] {
  const labels = settingLabels(setting);
  const cosine = estimateMean(cosines, cosineBounds);
  const worst = exactly(Math.min(...cosines.map(mean)), cosines.length, setting.seeds);
  return [
    {
      table: '',
      labels,
      values: { cosine, worst, ...summariseHeads(medians) },
    },
    ...medians.map(({ layer, head, values }) => ({
      table: 'heads',
      labels: { ...labels, head: `${layer}.${head}` },
      values,
    })),
  ];
}

/** Drawn kinds in the figure: the others would lie on one another. */
const shownKinds = ['performer, iid', 'linear', 'matched, orthogonal'];

function curveOf(settings: readonly StudySetting[], rows: readonly StudyRow[]): StudyChart {
  const shown = new Set(
    settings
      .filter((setting) => setting.fitted || shownKinds.includes(settingName(setting)))
      .map(settingName),
  );
  return {
    type: 'curve',
    name: 'fidelity',
    title: 'Cosine with the transformer’s embedding against hidden neurons',
    caption:
      'Mean over held-out texts, every head replaced; bars are 95 % intervals. 1 would be the same embedding.',
    x: 'hidden neurons of each head',
    y: 'cosine with the transformer’s embedding (1 = same)',
    points: curvePoints(rows, 'cosine').filter(({ series }) => shown.has(series)),
  };
}
