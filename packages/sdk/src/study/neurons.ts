import { tokenLabels } from '../compare/details.js';
import { headName, printable } from '../figure/labels.js';
import { mean } from '../numeric/statistics.js';
import { type ModelInput, type Preparation, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { estimateMean } from './estimate.js';
import { neuronSheet } from './neuron-sheet.js';
import { type Sighting, type WatchedHead, watchNeurons } from './neuron-watch.js';
import {
  chooseSetting,
  drawnSettings,
  fittedSettings,
  type StudySetting,
  settingColumns,
  settingId,
  settingLabels,
  settingWords,
} from './settings.js';
import { runUnits, type StudyOptions, type StudyResult, type StudyRow } from './study.js';

/** Neurons of a head that are looked at: of text and of pictures, whose heads are many. */
const perHead = { text: 3, image: 1 } as const;
/** Tokens of a neuron and side that are looked at. */
const mostTokens = 24;
/** Different pieces that are listed, and patches that are drawn. */
const listed = 6;

const tables = [
  {
    name: '',
    title: 'The most used neurons of each head',
    labels: [
      ...settingColumns,
      { key: 'head', heading: 'head' },
      { key: 'neuron', heading: 'neuron' },
      { key: 'keys', heading: 'as keys' },
      { key: 'queries', heading: 'as queries', dispensable: 1 },
      { key: 'keyContext', heading: 'strongest key', dispensable: 2 },
      { key: 'queryContext', heading: 'strongest query', dispensable: 3 },
    ],
    values: [{ key: 'use', heading: 'share of the response', digits: 3 }],
  },
];

const notes = [
  'What do single hidden neurons respond to?',
  `Of each head the ${perHead.text} neurons that are used most (of pictures the one): with the largest share of the astrocyte’s response, φ(q)·Σφ(k) of the neuron over that of all, mean over queries and inputs, with a 95 % interval for other inputs (Student). They are seen on the transformer’s own queries and keys.`,
  `As keys: the ${mostTokens} tokens of all inputs for which the neuron has the largest share of the hidden activity; as queries: those in whose answer its share is largest. Tokens are counted by what they are, up to ${listed} of them; hyphens mark pieces that go on a word; patches of a picture are named row,column.`,
];

/**
 * Study `neurons`: what single hidden neurons respond to, in the fitted layer with about 256 neurons that the model
 * brings (or the first of `fitted`); where there is none, `matched` ones. Throws as `compare`, and `UNSUPPORTED` for
 * neurons that are no exponentials.
 */
export async function studyNeurons(
  model: Model,
  inputs: readonly ModelInput[],
  options: StudyOptions = {},
): Promise<StudyResult> {
  // What is known does not hold the patches that are drawn.
  const { known: _, ...rest } = options;
  const { quick = false, signal } = rest;
  const prepared = inputs.slice(0, quick ? 3 : undefined).map((each) => prepareInput(model, each));
  const setting = await findSetting(model, options);
  let heads: readonly WatchedHead[] = [];
  const rows = await runUnits(
    [
      {
        id: settingId(setting),
        what: settingWords(setting),
        cost: 1,
        async measure(tell) {
          const { source, host } = await chooseSetting(model, setting);
          heads = await watchNeurons(host, source, prepared, {
            most: mostTokens,
            tell,
            ...(signal && { signal }),
          });
          return heads.flatMap((head) =>
            mostUsed(head, perHead[model.modality]).map((neuron) =>
              rowOf(model, setting, prepared, head, neuron),
            ),
          );
        },
      },
    ],
    rest,
  );
  const sheet = neuronSheet(
    model,
    prepared,
    heads.map((head) => ({ head, neuron: mostUsed(head, 1)[0] ?? 0 })),
  );
  return {
    name: 'neurons',
    title: `What single hidden neurons of ${model.name} respond to`,
    notes,
    tables,
    rows,
    charts: sheet ? [sheet] : [],
  };
}

async function findSetting(model: Model, { fitted = [] }: StudyOptions): Promise<StudySetting> {
  const distance = ({ neurons }: StudySetting) => Math.max(neurons / 256, 256 / neurons);
  const plain = (await fittedSettings(model, fitted.slice(0, 1))).filter(
    (setting) => setting.kind !== 'matched',
  );
  const own = plain.find((setting) => setting.fitted === fitted[0]);
  const [nearest] = plain.sort((a, b) => distance(a) - distance(b));
  const drawn = drawnSettings('matched', 'orthogonal', [256], 1);
  return own ?? nearest ?? (drawn[0] as StudySetting);
}

function mostUsed({ use }: WatchedHead, most: number): number[] {
  const neurons = use[0]?.length ?? 0;
  const shares = Array.from({ length: neurons }, (_, r) =>
    mean(use.map((one) => one[r] as number)),
  );
  return shares
    .map((_, r) => r)
    .sort((a, b) => (shares[b] as number) - (shares[a] as number))
    .slice(0, most);
}

function rowOf(
  model: Model,
  setting: StudySetting,
  inputs: readonly Preparation[],
  head: WatchedHead,
  neuron: number,
): StudyRow {
  const [keys, queries] = [head.keys[neuron] ?? [], head.queries[neuron] ?? []];
  const names = nameTokens(model, inputs, head.stack);
  return {
    table: '',
    labels: {
      ...settingLabels(setting),
      head: headName(head),
      neuron,
      keys: countNames(keys, names),
      queries: countNames(queries, names),
      // Patches have no neighbours in a row.
      keyContext: keys[0] && model.tokenizer ? describeContext(keys[0], names) : '',
      queryContext: queries[0] && model.tokenizer ? describeContext(queries[0], names) : '',
    },
    values: { use: estimateMean(head.use.map((one) => [one[neuron] as number])) },
  };
}

/** Words of an input's tokens. */
type Names = (input: number) => readonly string[];

function nameTokens(
  model: Model,
  inputs: readonly Preparation[],
  stack: 'encoder' | 'decoder',
): Names {
  return (input) => {
    const labels = tokenLabels(model, inputs[input] as Preparation);
    if (labels.type === 'text') {
      return labels.pieces.map((piece) =>
        printable(piece.startsWith('▁') ? piece.slice(1) || '␣' : `-${piece}`),
      );
    }
    const { grid } = labels;
    return labels[stack].map((patch) =>
      patch < 0 ? 'class' : `${Math.floor(patch / grid) + 1},${(patch % grid) + 1}`,
    );
  };
}

/** The tokens by name, the most frequent first, then the strongest. */
function countNames(sightings: readonly Sighting[], names: Names): string {
  const counts = new Map<string, number>();
  for (const { input, token } of sightings) {
    const name = names(input)[token] ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, listed)
    .map(([name, count]) => (count > 1 ? `${name} ×${count}` : name))
    .join(' · ');
}

/** A token between its neighbours. */
function describeContext({ input, token }: Sighting, names: Names): string {
  const all = names(input);
  const around = all.slice(Math.max(0, token - 3), token + 4);
  const at = Math.min(3, token);
  return around.map((name, i) => (i === at ? `[${name}]` : name)).join(' ');
}
