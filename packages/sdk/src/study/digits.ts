import { once } from '../keep.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { curvePoints } from './chart.js';
import { estimateShare } from './estimate.js';
import { expectedAgreements, judgeRows } from './expected.js';
import {
  drawnSettings,
  fittedSettings,
  settingColumns,
  settingId,
  settingLabels,
  settingWords,
} from './settings.js';
import { runUnits, type StudyOptions, type StudyResult, type StudyUnit } from './study.js';
import { crossedQuality, ownResults } from './twins.js';

const notes = [
  'How often does the twin of a classifier of digits give the transformer’s label, when neurons and astrocytes stand in every head?',
  'Whether the label is the true one is not asked here. The agreement is a share of digits and draws, with Wilson’s 95 % interval for the number of independent cases that the draws leave.',
];

const tables = [
  {
    name: '',
    title: 'Agreement of labels, every head replaced',
    labels: settingColumns,
    values: [{ key: 'agreement', heading: 'agreement', digits: 3 }],
  },
];

/**
 * Study `digits`: the share of pictures whose label the twin of a classifier shares with the transformer. Throws as
 * `compare`.
 */
export async function studyDigits(
  model: Model,
  inputs: readonly ModelInput[],
  options: StudyOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 5, fitted = [], signal } = options;
  const prepared = inputs.slice(0, quick ? 32 : undefined).map((each) => prepareInput(model, each));
  const watching = signal ? { signal } : {};
  const own = once(() => ownResults(model, prepared, watching));
  const neurons = quick ? [16, 64] : [16, 64, 256, 1024];
  const settings = [
    ...drawnSettings('performer', 'iid', neurons, seeds),
    ...drawnSettings('matched', 'orthogonal', neurons, seeds),
    ...(await fittedSettings(model, fitted)),
  ];
  const units = settings.map(
    (setting): StudyUnit => ({
      id: settingId(setting),
      what: settingWords(setting),
      cost: setting.seeds * (1 + setting.neurons / 256),
      async measure(tell) {
        const hits = await crossedQuality(model, setting, prepared, await own(), {
          ...watching,
          tell,
        });
        const values = { agreement: estimateShare(hits) };
        return [{ table: '', labels: settingLabels(setting), values }];
      },
    }),
  );
  const rows = judgeRows(await runUnits(units, options), 'agreement', expectedAgreements);
  return {
    name: 'digits',
    title: `How often the twin of ${model.name} agrees`,
    notes,
    tables,
    rows,
    charts: [
      {
        type: 'curve',
        name: 'digits',
        title: 'Agreement with the transformer’s label against hidden neurons',
        caption: 'Share of held-out digits, every head replaced; bars are 95 % intervals.',
        x: 'hidden neurons of each head',
        y: 'share of equal labels (1 = all)',
        points: curvePoints(rows, 'agreement'),
      },
    ],
  };
}
