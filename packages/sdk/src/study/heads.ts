import { once } from '../keep.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { estimateMean } from './estimate.js';
import {
  drawnSettings,
  fittedSettings,
  type StudySetting,
  settingColumns,
  settingId,
  settingLabels,
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

/** Hidden neurons of the study. */
const neurons = 256;

/** Least and largest 1 − cosine. */
const costBounds = [0, 2] as const;

const tables = [
  {
    name: '',
    title: 'Cost of each head',
    labels: [...settingColumns, { key: 'head', heading: 'head' }],
    values: [
      { key: 'alone', heading: 'replaced alone', digits: 4 },
      { key: 'spared', heading: 'spared alone', digits: 4 },
    ],
  },
];

const notes = [
  'How does the error of the whole twin split between its heads?',
  'The cost is 1 − cosine of the embeddings. “Replaced alone”: the cost when only this head has neurons and astrocytes. “Spared alone”: how much less it costs to replace every other head than all of them, text by text. The row “all” is the cost of replacing every head. 256 hidden neurons; means over texts and draws, with 95 % intervals (Student, two-way random effects).',
];

/**
 * Study `heads`: what each head of a text transformer costs, replaced alone and spared alone. Throws as `compare`.
 */
export async function studyHeads(
  model: Model,
  inputs: readonly ModelInput[],
  options: StudyOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 3, fitted = [], signal } = options;
  const prepared = inputs.slice(0, quick ? 2 : undefined).map((each) => prepareInput(model, each));
  const watching = signal ? { signal } : {};
  const own = once(() => ownResults(model, prepared, watching));
  const layers = await fittedSettings(model, fitted);
  const settings = [
    ...drawnSettings('matched', 'orthogonal', [neurons], seeds),
    // An adapted transformer is another one even with every head left alone.
    ...layers.filter((setting) => setting.neurons === neurons && !setting.fitted?.tensors),
  ];
  const places = model.layers.flatMap(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => ({ layer, head })),
  );
  const passes = 1 + 2 * places.length;

  async function measure(setting: StudySetting, tell: (fraction: number) => void) {
    let done = 0;
    const cost = async (swapped: (place: { layer: number; head: number }) => boolean) => {
      const cosines = await crossedQuality(model, setting, prepared, await own(), {
        ...watching,
        swapped,
      });
      done += 1;
      tell(done / passes);
      return cosines.map((row) => row.map((cosine) => 1 - cosine));
    };
    const labels = settingLabels(setting);
    const all = await cost(() => true);
    const rows: StudyRow[] = [
      {
        table: '',
        labels: { ...labels, head: 'all' },
        values: { alone: estimateMean(all, costBounds) },
      },
    ];
    for (const { layer, head } of places) {
      const is = (place: { layer: number; head: number }) =>
        place.layer === layer && place.head === head;
      const alone = await cost(is);
      const others = await cost((place) => !is(place));
      const spared = all.map((row, i) => row.map((whole, s) => whole - (others[i]?.[s] ?? 0)));
      rows.push({
        table: '',
        labels: { ...labels, head: `${layer}.${head}` },
        values: { alone: estimateMean(alone, costBounds), spared: estimateMean(spared) },
      });
    }
    return rows;
  }

  const units = settings.map(
    (setting): StudyUnit => ({
      id: settingId(setting),
      what: settingWords(setting),
      cost: setting.seeds,
      measure: (tell) => measure(setting, tell),
    }),
  );
  const rows = await runUnits(units, options);
  const points = (key: 'alone' | 'spared') =>
    rows.flatMap(({ labels, values: { [key]: estimate } }) =>
      estimate && labels.head !== 'all'
        ? [{ series: `${labels.hidden}, ${labels.neurons}`, row: String(labels.head), estimate }]
        : [],
    );
  return {
    name: 'heads',
    title: `What each head of ${model.name} costs`,
    notes,
    tables,
    rows,
    charts: [
      {
        type: 'dots',
        name: 'heads-alone',
        title: 'Cost of each head, replaced alone',
        caption: '1 − cosine when only this head is replaced; bars are 95 % intervals.',
        x: '1 − cosine with the transformer’s embedding (0 = none)',
        points: points('alone'),
      },
      {
        type: 'dots',
        name: 'heads-spared',
        title: 'What sparing each head saves',
        caption:
          'How much less it costs to replace all other heads than all heads; bars are 95 % intervals.',
        x: 'less 1 − cosine (0 = saves nothing)',
        points: points('spared'),
      },
    ],
  };
}
