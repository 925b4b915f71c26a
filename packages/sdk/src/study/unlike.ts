import { once } from '../keep.js';
import { mean } from '../numeric/statistics.js';
import { type ModelInput, type Preparation, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { StudyChart } from './chart.js';
import { cosineBounds, estimateMean, exactly } from './estimate.js';
import {
  drawnSettings,
  fittedSettings,
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

/** A text with the kind that it is of. */
export interface KindOfText {
  readonly kind: string;
  readonly text: string;
}

/** What `studyUnlike` reads. */
export interface UnlikeInputs {
  /** Texts of many kinds. */
  readonly kinds: readonly KindOfText[];
  /** Texts that are cut to every length; those that are too short for the longest are left out. */
  readonly paragraphs: readonly ModelInput[];
}

/** Hidden neurons of the study. */
const neurons = 256;
const lengths = [4, 8, 16, 32, 64, 128];

const values = [
  { key: 'cosine', heading: 'mean cosine', digits: 3 },
  { key: 'worst', heading: 'worst text', digits: 3 },
  { key: 'tokens', heading: 'mean tokens', digits: 0, dispensable: 1 },
];

const tables = [
  {
    name: '',
    title: 'By kind of text',
    labels: [...settingColumns, { key: 'text', heading: 'text' }],
    values,
  },
  {
    name: 'lengths',
    title: 'By length, the same paragraphs cut',
    labels: [...settingColumns, { key: 'length', heading: 'tokens' }],
    values: values.slice(0, 2),
  },
];

const notes = [
  'How far does the likeness of the twin fall on text unlike the prose that hidden layers are fitted to, and on short text?',
  'Mean cosine with the transformer’s embedding, 256 hidden neurons in every head, by kind of text and by length: paragraphs cut to their first tokens, always the same paragraphs, long enough for the longest cut. 95 % intervals for other texts of the kind and other draws (Student, two-way random effects).',
];

/** Texts that a row is about. */
interface Group {
  readonly table: '' | 'lengths';
  readonly label: Readonly<Record<string, string | number>>;
  readonly inputs: readonly Preparation[];
}

function cutTo(input: Preparation, tokens: number): Preparation {
  const { ids = [] } = input.prepared;
  return { ...input, prepared: { ids: ids.slice(0, tokens) }, tokens };
}

function groupsOf(model: Model, { kinds, paragraphs }: UnlikeInputs, quick: boolean): Group[] {
  const few = <T>(list: readonly T[]) => (quick ? list.slice(0, 2) : list);
  const names = [...new Set(kinds.map(({ kind }) => kind))];
  const byKind = names.map((name): Group => {
    const texts = few(kinds.filter(({ kind }) => kind === name));
    const inputs = texts.map(({ text }) => prepareInput(model, { text }));
    return { table: '', label: { text: name }, inputs };
  });
  const longest = Math.max(...lengths);
  const whole = paragraphs
    .map((each) => prepareInput(model, each))
    .filter(({ tokens }) => tokens >= longest);
  const cut = few(whole);
  if (cut.length === 0) return byKind;
  return [
    ...byKind,
    ...lengths.map(
      (length): Group => ({
        table: 'lengths',
        label: { length },
        inputs: cut.map((each) => cutTo(each, length)),
      }),
    ),
  ];
}

/**
 * Study `unlike`: likeness of the twin of a text transformer by kind of text and by length. Throws as `compare`.
 */
export async function studyUnlike(
  model: Model,
  inputs: UnlikeInputs,
  options: StudyOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 5, fitted = [], signal } = options;
  const groups = groupsOf(model, inputs, quick);
  const all = groups.flatMap((group) => group.inputs);
  const watching = signal ? { signal } : {};
  const own = once(() => ownResults(model, all, watching));
  const layers = await fittedSettings(model, fitted);
  const settings = [
    ...drawnSettings('matched', 'orthogonal', [neurons], seeds),
    ...layers.filter((setting) => setting.neurons === neurons),
  ];
  const units = settings.map(
    (setting): StudyUnit => ({
      id: settingId(setting),
      what: settingWords(setting),
      cost: setting.seeds,
      async measure(tell) {
        const cosines = await crossedQuality(model, setting, all, await own(), {
          ...watching,
          tell,
        });
        let first = 0;
        return groups.map(({ table, label, inputs: texts }): StudyRow => {
          const rows = cosines.slice(first, first + texts.length);
          first += texts.length;
          return {
            table,
            labels: { ...settingLabels(setting), ...label },
            values: {
              cosine: estimateMean(rows, cosineBounds),
              worst: exactly(Math.min(...rows.map(mean)), texts.length, setting.seeds),
              ...(table === '' && {
                tokens: exactly(mean(texts.map(({ tokens }) => tokens)), texts.length),
              }),
            },
          };
        });
      },
    }),
  );
  const rows = await runUnits(units, options);
  return {
    name: 'unlike',
    title: `The twin of ${model.name} on other texts`,
    notes,
    tables,
    rows,
    charts: chartsOf(rows),
  };
}

function chartsOf(rows: readonly StudyRow[]): StudyChart[] {
  const ofTable = (wanted: string) =>
    rows.flatMap(({ table, labels, values: { cosine } }) =>
      table === wanted && cosine
        ? [{ series: `${labels.hidden}, ${labels.neurons}`, labels, estimate: cosine }]
        : [],
    );
  return [
    {
      type: 'dots',
      name: 'unlike',
      title: 'Cosine with the transformer’s embedding by kind of text',
      caption: 'Mean over the texts of a kind, every head replaced; bars are 95 % intervals.',
      x: 'cosine with the transformer’s embedding (1 = same)',
      points: ofTable('').map(({ labels, ...point }) => ({ ...point, row: String(labels.text) })),
    },
    {
      type: 'curve',
      name: 'unlike-lengths',
      title: 'Cosine with the transformer’s embedding by length',
      caption:
        'The same paragraphs cut to their first tokens, every head replaced; bars are 95 % intervals.',
      x: 'tokens',
      y: 'cosine with the transformer’s embedding (1 = same)',
      points: ofTable('lengths').map(({ labels, ...point }) => ({
        ...point,
        x: Number(labels.length),
      })),
    },
  ];
}
