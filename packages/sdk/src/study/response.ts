import type { Responses } from '../attention/rows.js';
import { measureResponse, type ResponseMeasures } from '../compare/head-measures.js';
import { runHead } from '../compare/head-run.js';
import { TripartiteError } from '../errors.js';
import { forward } from '../transformer/forward.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { type HeadTrace, readPlaces, tracingAttend } from '../transformer/traces.js';
import { takeTurn } from '../turns.js';
import type { StudyChart } from './chart.js';
import { type Estimate, estimateMean, exactly } from './estimate.js';
import { expectedCorrelations, judgeRows } from './expected.js';
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
import {
  runUnits,
  type StudyOptions,
  type StudyResult,
  type StudyRow,
  type StudyUnit,
} from './study.js';

/** The text of the demonstration, 77 tokens of USE-lite. */
export const responseText =
  'Astrocytes are cells of the brain that do not fire. Their fine branches wrap around the synapses between ' +
  'neurons, listen to what passes there, and answer slowly, with waves of calcium. A single one may touch a ' +
  'million synapses. The theory says that this is enough to compute what a transformer computes.';

/** Heads of USE-lite, that with the shortest queries and keys first, where random neurons come nearest. */
const defaultHeads = ['1.3', '1.0', '0.3'];

/** Options of `studyResponse`. */
export interface ResponseOptions extends StudyOptions {
  /** Heads, `LAYER.HEAD`; the first is drawn. Default: three of USE-lite. */
  readonly heads?: readonly string[];
}

const tables = [
  {
    name: '',
    title: 'Response of the astrocyte against softmax’s normaliser, over the tokens of one text',
    labels: [{ key: 'head', heading: 'head' }, ...settingColumns],
    values: [
      { key: 'logCorrelation', heading: 'correlation\nof logarithms', digits: 2 },
      { key: 'correlation', heading: 'correlation', digits: 2, dispensable: 1 },
      { key: 'error', heading: 'relative error', digits: 3, dispensable: 2 },
    ],
  },
  {
    name: 'tokens',
    title: 'Natural logarithms of response and normaliser, token by token, first head and draw',
    data: true,
    labels: [
      { key: 'head', heading: 'head' },
      ...settingColumns,
      { key: 'token', heading: 'token' },
      { key: 'piece', heading: 'piece' },
    ],
    values: [
      { key: 'normaliser', heading: 'ln normaliser', digits: 4 },
      { key: 'response', heading: 'ln |response|', digits: 4 },
    ],
  },
] as const;

const notes = [
  'The demonstration of Kozachkov, Kastanenka and Krotov (PNAS 2023): does the calcium response of one astrocyte follow the number that softmax divides by, token by token, as hidden neurons grow many?',
  'One head on its own queries, keys and values, one text. Correlation over the tokens of response and normaliser, and of their logarithms; the relative error is the median over tokens. Means over draws of the hidden weights, with 95 % intervals for other draws (Student). Fitted layers draw nothing.',
];

const cost = ({ neurons, seeds }: StudySetting): number => seeds * (1 + neurons / 1024);

/**
 * Study `response`: one astrocyte's response against softmax's normaliser, in a few heads. Throws as `compare`, and
 * `BAD_INPUT` for heads that the model lacks.
 */
export async function studyResponse(
  model: Model,
  input: ModelInput = { text: responseText },
  options: ResponseOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 5, fitted = [], signal } = options;
  const { heads = defaultHeads } = options;
  const settings = [
    ...drawnSettings('performer', 'iid', quick ? [1000] : [1000, 100_000], seeds),
    ...drawnSettings('matched', 'orthogonal', [1000], seeds),
    ...(await fittedSettings(model, fitted)).filter(({ fitted: layer }) => !layer?.tensors),
  ];
  const prepared = prepareInput(model, input);
  const traces = await traceHeads(model, prepared.prepared, heads, signal);
  const charts: StudyChart[] = [];

  async function respond(setting: StudySetting, trace: HeadTrace, seed: number) {
    const { source } = await chooseSetting(model, setting);
    return takeTurn(
      model.kernels,
      async () => runHead(model.kernels, source(trace, seed), trace).response,
    );
  }

  const units = traces.flatMap((trace) =>
    settings.map(
      (setting): StudyUnit => ({
        id: `${trace.layer}.${trace.head}: ${settingId(setting)}`,
        what: `head ${trace.layer}.${trace.head}, ${settingWords(setting)}`,
        cost: cost(setting),
        async measure(tell) {
          const measured: ResponseMeasures[] = [];
          for (let seed = 1; seed <= setting.seeds; seed++) {
            const response = await respond(setting, trace, seed);
            measured.push(measureResponse(response, trace.logNormaliser));
            tell(seed / setting.seeds);
          }
          return [rowOf(trace, setting, measured)];
        },
      }),
    ),
  );
  const measured = await runUnits(units, options);
  const rows = judgeRows(measured, 'logCorrelation', expectedCorrelations);
  const first = traces[0] as HeadTrace;
  const pieces = prepared.pieces ?? [];
  for (const setting of settings) {
    const response = await respond(setting, first, 1);
    charts.push(chartOf(first, setting, response, pieces));
    rows.push(...tokenRows(first, setting, response, pieces));
  }
  return {
    name: 'response',
    title: 'Response of one astrocyte and softmax’s normaliser',
    notes,
    tables,
    rows,
    charts,
  };
}

async function traceHeads(
  model: Model,
  prepared: Parameters<typeof forward>[1][number],
  heads: readonly string[],
  signal: AbortSignal | undefined,
): Promise<HeadTrace[]> {
  const wanted = readPlaces(heads.join(), model.layers);
  const traces: HeadTrace[] = [];
  await forward(model, [prepared], {
    attend: tracingAttend(model.kernels, wanted, (trace) => traces.push(trace)),
    ...(signal && { signal }),
  });
  const nameOf = ({ layer, head }: HeadTrace) => `${layer}.${head}`;
  return heads.map((head) => {
    const trace = traces.find((each) => nameOf(each) === head);
    if (trace) return trace;
    throw new TripartiteError('BAD_INPUT', `head is "${head}"; LAYER.HEAD is allowed`);
  });
}

function rowOf(
  { layer, head }: HeadTrace,
  setting: StudySetting,
  measured: readonly ResponseMeasures[],
): StudyRow {
  const values: Record<string, Estimate> = {};
  const fill = (name: string, key: keyof ResponseMeasures): void => {
    const numbers = measured.flatMap((each) => each[key] ?? []);
    if (numbers.length > 0) values[name] = estimateMean([numbers]);
  };
  fill('logCorrelation', 'logResponseCorrelation');
  fill('correlation', 'responseCorrelation');
  fill('error', 'responseError');
  return {
    table: '',
    labels: { head: `${layer}.${head}`, ...settingLabels(setting) },
    values,
  };
}

function tokenRows(
  { layer, head, logNormaliser }: HeadTrace,
  setting: StudySetting,
  response: Responses,
  pieces: readonly string[],
): StudyRow[] {
  return Array.from(logNormaliser, (normaliser, token) => ({
    table: 'tokens',
    labels: {
      head: `${layer}.${head}`,
      ...settingLabels(setting),
      token,
      piece: pieces[token] ?? '',
    },
    values: {
      normaliser: exactly(normaliser, 1),
      response: exactly(response.log[token] as number, 1),
    },
  }));
}

function chartOf(
  trace: HeadTrace,
  setting: StudySetting,
  response: Responses,
  pieces: readonly string[],
): StudyChart {
  const { layer, head, stack, normaliser, logNormaliser } = trace;
  const words = settingWords(setting);
  return {
    type: 'response',
    name: `response-${words.replace(/[^a-z0-9-]+/g, '-')}`,
    title: `Astrocyte response and normaliser, head ${layer}.${head}, ${words} neurons`,
    caption:
      'For every token, the calcium response of the astrocyte and the number that softmax divides by.',
    detail: {
      stack,
      response: response.value,
      logResponse: response.log,
      normaliser,
      logNormaliser,
    },
    tokens: { type: 'text', pieces },
  };
}
